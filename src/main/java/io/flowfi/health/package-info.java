/**
 * The health of a node. Each part reports what keeps it from its work ({@link
 * io.flowfi.health.HealthCheck}); {@code app} lists the parts, and every health answer is built
 * from that list. Uses nothing of ours.
 */
package io.flowfi.health;
