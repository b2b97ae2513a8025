/**
 * What only Tomcat lets us do: answer in its place what it refuses before it has found an
 * application, and hear that it stops while it still accepts connections. Its classes need Tomcat's
 * own, so they are loaded by name, and only there. Uses {@code edge} and {@code http}.
 */
package io.flowfi.edge.tomcat;
