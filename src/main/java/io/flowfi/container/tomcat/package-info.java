/**
 * What only Tomcat allows: writing event streams to bare sockets, answering requests that it
 * refuses before it has found an application, learning of a stop while it still accepts
 * connections, and limiting how long a thread waits for a client that does not read. Uses {@code
 * container}, {@code output}, {@code fanout}, {@code web.edge} and {@code web.wire}.
 */
package io.flowfi.container.tomcat;
