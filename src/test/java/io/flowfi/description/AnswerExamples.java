package io.flowfi.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.core.Response;
import java.util.HashSet;
import java.util.Set;

/** Gives answers their examples: those of {@code examples.yaml}, completed. */
final class AnswerExamples {
  private static final String EVENT_STREAM = "text/event-stream";

  private static final String PROBLEM = "application/problem+json";

  /** The only answer that is no text. */
  private static final String NO_TEXT = "application/zip";

  private final EventSchemas events;
  private final JsonNode registry = Registry.read("examples.yaml");
  private final Set<String> unused = new HashSet<>();

  AnswerExamples(EventSchemas events) {
    this.events = events;
  }

  /**
   * To each good answer that has no example of its own.
   *
   * @throws AssertionError naming the example that is missing, or that no answer needs
   */
  void addTo(ObjectNode document) {
    for (String kind : Set.of("answers", "blocks", "texts", "problems")) {
      unused.addAll(Json.names(registry.get(kind)));
    }
    for (var response : document.at("/components/responses").properties()) {
      if (response.getValue().at("/content").get(PROBLEM) instanceof ObjectNode problem) {
        problem.set("example", problem(found("problems", response.getKey())));
      }
    }
    for (JsonNode path : document.get("paths")) {
      for (JsonNode operation : path) {
        for (var response : operation.get("responses").properties()) {
          if (response.getKey().startsWith("2")) {
            JsonNode contents = Json.resolved(document, response.getValue()).path("content");
            contents.properties().forEach(one -> add(one.getKey(), (ObjectNode) one.getValue()));
          }
        }
      }
    }
    if (!unused.isEmpty()) {
      throw new AssertionError(
          "No answer needs these, so remove them from src/main/api/examples.yaml: " + unused);
    }
  }

  private void add(String type, ObjectNode content) {
    String schema = content.at("/schema/$ref").asText().replace(Json.SCHEMAS, "");
    if (type.equals(EVENT_STREAM)) {
      ObjectNode examples = content.putObject("examples");
      for (JsonNode block : found("blocks", schema)) {
        examples
            .putObject(block.get("event").asText().replace('.', '_'))
            .set("value", withData((ObjectNode) block));
      }
    } else if (!type.equals(NO_TEXT)) {
      JsonNode example = type.endsWith("json") ? ofSchema(content, schema) : found("texts", type);
      content.set("example", example);
    }
  }

  private JsonNode ofSchema(ObjectNode content, String schema) {
    unused.remove(schema);
    return content.has("example") ? content.get("example") : found("answers", schema);
  }

  private JsonNode found(String kind, String name) {
    JsonNode example = registry.get(kind).path(name);
    if (example.isMissingNode()) {
      throw new AssertionError(
          "Write an example of " + name + " into src/main/api/examples.yaml, " + kind);
    }
    unused.remove(name);
    return example;
  }

  private ObjectNode withData(ObjectNode block) {
    JsonNode data =
        block.has("data")
            ? registry.at("/answers/" + block.get("data").asText())
            : events.example(block.get("event").asText());
    return block.deepCopy().put("data", data.toString());
  }

  /** In the order of the server's. */
  private static ObjectNode problem(JsonNode known) {
    int status = known.get("status").asInt();
    String title =
        status == 422
            ? "Unprocessable Content" // later than the version of JAX-RS
            : Response.Status.fromStatusCode(status).getReasonPhrase();
    ObjectNode problem = Json.object().put("type", "about:blank").put("title", title);
    problem.put("status", status);
    problem.set("detail", known.get("detail"));
    problem.set("instance", known.get("instance"));
    problem.set("message", known.get("detail"));
    if (known.has("errors")) {
      problem.set("errors", known.get("errors"));
    }
    return problem;
  }

  /** Blocks as the server writes them. */
  static String onTheWire(JsonNode examples) {
    StringBuilder text = new StringBuilder();
    for (JsonNode example : examples) {
      JsonNode block = example.get("value");
      for (String field : new String[] {"retry", "event", "data", "id"}) {
        String value = block.path(field).asText();
        if (block.has(field) && !value.equals("message")) {
          text.append(field).append(": ").append(value).append('\n');
        }
      }
      text.append('\n');
    }
    return text.toString();
  }
}
