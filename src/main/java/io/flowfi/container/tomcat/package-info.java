/**
 * What only Tomcat lets us do: write event streams to bare sockets, answer in its place what it
 * refuses before it has found an application, hear that it stops while it still accepts
 * connections, and say how long a thread may wait for a client that does not read.
 */
package io.flowfi.container.tomcat;
