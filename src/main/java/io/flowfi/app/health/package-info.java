/**
 * Health checks for a container with MicroProfile Health, which serves them at its own addresses.
 * Other containers ignore this package, see {@code beans.xml}: the container provides the types.
 */
package io.flowfi.app.health;
