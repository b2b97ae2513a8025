/**
 * Puts the parts together: CDI producers, the JAX-RS application, start and stop in the right
 * order, health.
 */
package io.flowfi.app;
