/**
 * What only Tomcat lets us do: answer in its place what it refuses before it has found an
 * application, hear that it stops while it still accepts connections, and say how long a thread may
 * wait for a client that does not read. Its classes need Tomcat's own, so they are loaded by name,
 * and only there. Uses {@code edge}, {@code http} and {@code sse.tomcat}.
 */
package io.flowfi.edge.tomcat;
