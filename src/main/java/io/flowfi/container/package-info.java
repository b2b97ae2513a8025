/**
 * What the container at hand lets us do beyond the Servlet API: a port, and the choice of its
 * implementation. Each container that offers more has a package within this one, with one class
 * that is loaded by name, and only there.
 */
package io.flowfi.container;
