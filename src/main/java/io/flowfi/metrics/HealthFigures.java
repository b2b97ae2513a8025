package io.flowfi.metrics;

import io.flowfi.health.HealthCheck;
import io.flowfi.health.ServerStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Which version runs, and which of its parts are well. */
public final class HealthFigures implements Figures {
  private final ServerStatus status;
  private final List<HealthCheck> checks;
  private final LatestReading<Map<String, Integer>> troubles;

  /**
   * @param checks all of the node's
   */
  public HealthFigures(
      ServerStatus status, List<HealthCheck> checks, Exposition.Readings readings) {
    this.status = status;
    this.checks = checks;
    this.troubles = readings.of(() -> parts(HealthCheck::trouble));
  }

  @Override
  public void writeTo(Sheet sheet) {
    sheet.info(
        "build",
        "Which version runs, and whether callers are asked who they are",
        Map.of("version", status.version(), "mode", status.mode()));
    // a part that does not say how it is within the patience of a scrape is not well
    Map<String, Integer> known = troubles.value().orElseGet(() -> parts(part -> Optional.of("")));
    sheet.gauge(
        "ready",
        "1 if the node does its work and should get traffic, as GET /health/ready answers",
        known.containsValue(1) ? 0 : 1);
    sheet.gauge("part_down", "1 while this part keeps the node from its work", "part", known);
    sheet.gauge(
        "part_degraded",
        "1 while this part lacks something, and works all the same",
        "part",
        parts(HealthCheck::degraded));
  }

  private Map<String, Integer> parts(Function<HealthCheck, Optional<String>> about) {
    Map<String, Integer> parts = new LinkedHashMap<>();
    for (HealthCheck check : checks) {
      parts.merge(check.name(), about.apply(check).isPresent() ? 1 : 0, Math::max);
    }
    return parts;
  }
}
