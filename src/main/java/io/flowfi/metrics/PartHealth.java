package io.flowfi.metrics;

import io.flowfi.health.HealthCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How one part of the node is.
 *
 * @param words what is wrong with it; empty if it is well
 */
public record PartHealth(String part, State state, String words) {
  /** How much of its work a part does. */
  public enum State {
    WELL,
    /** It does its work, and lacks something. */
    DEGRADED,
    /** It keeps the node from its work. */
    DOWN
  }

  /** Each part once: a part with several checks is as its worst one. */
  public static List<PartHealth> of(List<HealthCheck> checks) {
    Map<String, PartHealth> parts = new LinkedHashMap<>();
    for (HealthCheck check : checks) {
      parts.merge(check.name(), of(check), (one, other) -> other.isWorse(one) ? other : one);
    }
    return new ArrayList<>(parts.values());
  }

  private static PartHealth of(HealthCheck check) {
    return check
        .trouble()
        .map(words -> new PartHealth(check.name(), State.DOWN, words))
        .or(
            () ->
                check.degraded().map(words -> new PartHealth(check.name(), State.DEGRADED, words)))
        .orElseGet(() -> new PartHealth(check.name(), State.WELL, ""));
  }

  private boolean isWorse(PartHealth other) {
    return state.compareTo(other.state) > 0;
  }
}
