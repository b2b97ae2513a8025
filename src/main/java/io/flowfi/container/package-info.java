/**
 * What the container at hand lets us do beyond the Servlet API: the choice of outputs, its own
 * errors, notice of its end, limits on answers that nobody reads. Inner packages need the classes
 * of one container; they are loaded by name, and only there.
 */
package io.flowfi.container;
