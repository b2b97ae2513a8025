/**
 * Event output over Tomcat's bare sockets. Its classes need Tomcat's own, so they are loaded by
 * name, and only there. Uses {@code sse} and {@code fanout}.
 */
package io.flowfi.sse.tomcat;
