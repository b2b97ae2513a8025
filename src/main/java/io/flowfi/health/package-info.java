/**
 * How a node is. Each part says what keeps it from its work ({@link io.flowfi.health.HealthCheck});
 * {@code app} lists the parts, and whoever is asked reads that list. Uses nothing of ours.
 */
package io.flowfi.health;
