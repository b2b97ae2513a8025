package io.flowfi.health;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The health of a node as <a
 * href="https://download.eclipse.org/microprofile/microprofile-health-4.0.1/microprofile-health-spec-4.0.1.html">
 * MicroProfile Health</a> has it: its paths and its JSON, with the checks that the node contributes
 * to a container that serves them itself. Any thread.
 */
public final class MicroProfileHealth {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServerStatus status;

  /**
   * @param up false is to be answered with 503
   * @param json in UTF-8; the caller's
   */
  @SuppressWarnings("ArrayRecordComponent") // written out once
  public record Answer(boolean up, byte[] json) {}

  private record Check(String name, boolean up, Map<String, String> data) {}

  public MicroProfileHealth(ServerStatus status) {
    this.status = status;
  }

  /** Empty if the path is none of the specification's. */
  public Optional<Answer> answer(String path) {
    return switch (path) {
      case "/health" -> Optional.of(answer(List.of(live(), ready(), started())));
      case "/health/live" -> Optional.of(answer(List.of(live())));
      case "/health/ready" -> Optional.of(answer(List.of(ready())));
      case "/health/started" -> Optional.of(answer(List.of(started())));
      default -> Optional.empty();
    };
  }

  private Check live() {
    return new Check("flowfi-live", !status.isBroken(), Map.of());
  }

  private Check ready() {
    Map<String, String> troubles = status.troubles();
    return new Check("flowfi-ready", troubles.isEmpty(), troubles);
  }

  private Check started() {
    return new Check("flowfi-started", status.hasStarted(), Map.of());
  }

  private static Answer answer(List<Check> checks) {
    boolean up = checks.stream().allMatch(Check::up);
    ObjectNode all = JSON.createObjectNode().put("status", word(up));
    ArrayNode list = all.putArray("checks");
    for (Check check : checks) {
      ObjectNode one = list.addObject().put("name", check.name()).put("status", word(check.up()));
      if (!check.data().isEmpty()) {
        ObjectNode data = one.putObject("data");
        check.data().forEach(data::put);
      }
    }
    return new Answer(up, all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String word(boolean up) {
    return up ? "UP" : "DOWN";
  }
}
