/**
 * Answers in Tomcat's place what Tomcat refuses before it has found an application. Its classes
 * need Tomcat's own, so they are loaded by name, and only there. Uses {@code edge} and {@code
 * http}.
 */
package io.flowfi.edge.tomcat;
