/**
 * What the present container allows beyond the Servlet API: a port, and the choice of its
 * implementation. Each container that offers more has a package within this one, with one class
 * that is loaded by name, only in that container. Uses {@code output}.
 */
package io.flowfi.container;
