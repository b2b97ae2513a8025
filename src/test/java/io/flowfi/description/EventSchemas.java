package io.flowfi.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.payment.EventType;
import java.util.LinkedHashMap;
import java.util.Map;

/** The blocks of the event stream: a schema for each event name, and one of its data. */
final class EventSchemas {
  /** By event name: the name of the schema of its data. */
  private final Map<String, String> data = new LinkedHashMap<>();

  private final Map<String, String> summaries = new LinkedHashMap<>();
  private final ObjectNode schemas = Json.object();
  private final ObjectNode examples = (ObjectNode) Registry.read("examples.yaml").get("events");

  private EventSchemas() {}

  /**
   * @throws AssertionError if an event type of the code has no payload in {@code events.yaml}, or a
   *     block no example in {@code examples.yaml}
   */
  static EventSchemas read() {
    EventSchemas all = new EventSchemas();
    ObjectNode registry = Registry.read("events.yaml");
    for (EventType type : EventType.known()) {
      JsonNode payload = registry.at("/payloads").get(type.wireName());
      if (payload == null) {
        throw new AssertionError(
            "Describe the payload of " + type + " in src/main/api/events.yaml, payloads");
      }
      all.addEvent(type.wireName(), payload, registry);
    }
    for (var notice : registry.get("notices").properties()) {
      all.addNotice(notice.getKey(), notice.getValue());
    }
    all.addUnion();
    if (!Json.names(all.examples).equals(all.data.keySet())) {
      throw new AssertionError(
          "src/main/api/examples.yaml has an example in events for "
              + Json.names(all.examples)
              + ", and there are "
              + all.data.keySet());
    }
    return all;
  }

  ObjectNode schemas() {
    return schemas;
  }

  Map<String, String> data() {
    return data;
  }

  String summary(String event) {
    return summaries.get(event);
  }

  /** The data of a block of this name. */
  JsonNode example(String event) {
    return examples.get(event);
  }

  private void addEvent(String type, JsonNode payload, ObjectNode registry) {
    JsonNode base = registry.get(type.startsWith("stream.") ? "common" : "chain");
    ObjectNode schema = Json.object().put("type", "object");
    schema.put("description", "The data of `" + type + "`. " + payload.get("summary").asText());
    ArrayNode required = schema.putArray("required").addAll((ArrayNode) base.get("required"));
    ObjectNode properties = schema.putObject("properties");
    Json.merge(properties, (ObjectNode) base.get("properties"));
    Json.merge(properties, (ObjectNode) registry.get("chainFields"));
    Json.merge(properties, (ObjectNode) payload.get("properties"));
    payload.get("properties").fieldNames().forEachRemaining(required::add);
    if (payload.has("optional")) {
      Json.merge(properties, (ObjectNode) payload.get("optional"));
    }
    String name = camelCase(type);
    schemas.set(name + "Data", schema);
    addBlock(type, name, payload.get("summary").asText(), name + "Data", "may", false);
  }

  private void addNotice(String event, JsonNode notice) {
    String name = notice.get("name").asText();
    String summary = notice.get("summary").asText();
    String of = notice.path("schema").asText(name + "Data");
    if (!notice.has("schema")) {
      ObjectNode schema = Json.object().put("type", "object");
      schema.put("description", summary);
      schema.set("required", notice.get("required"));
      schema.set("properties", notice.get("properties"));
      schemas.set(of, schema);
    }
    addBlock(event, name, summary, of, notice.get("id").asText(), notice.has("retry"));
  }

  private void addBlock(
      String event, String name, String summary, String of, String id, boolean retry) {
    data.put(event, of);
    summaries.put(event, summary);
    ObjectNode block = Json.object().put("type", "object").put("description", summary);
    ArrayNode required = block.putArray("required").add("event").add("data");
    ObjectNode properties = block.putObject("properties");
    properties.putObject("event").put("type", "string").putArray("enum").add(event);
    properties
        .putObject("data")
        .put("type", "string")
        .put("contentMediaType", "application/json")
        .set("contentSchema", Json.reference(Json.SCHEMAS + of));
    if (!id.equals("never")) {
      properties
          .putObject("id")
          .put("type", "string")
          .put(
              "description",
              "The position and its log, to resume from; empty: from now. `parseInt` gives the position.")
          .put("pattern", "^([0-9]+\\.[a-z0-9]+)?$");
    }
    if (id.equals("always")) {
      required.add("id");
    }
    if (retry) {
      properties
          .putObject("retry")
          .put("type", "integer")
          .put("minimum", 0)
          .put("description", "Milliseconds to wait before the next connection.");
      required.add("retry");
    }
    schemas.set(name + "Event", block);
  }

  private void addUnion() {
    ObjectNode union =
        Json.object()
            .put(
                "description",
                "One block of the event stream, by the name under which it is dispatched: a block"
                    + " without `event:` is a `message`. Skip names that you do not know, but store"
                    + " their `id`.");
    ArrayNode oneOf = union.putArray("oneOf");
    ObjectNode mapping =
        union.putObject("discriminator").put("propertyName", "event").putObject("mapping");
    schemas
        .properties()
        .forEach(
            schema -> {
              if (schema.getKey().endsWith("Event")) {
                String reference = Json.SCHEMAS + schema.getKey();
                oneOf.add(Json.reference(reference));
                mapping.put(schema.getValue().at("/properties/event/enum/0").asText(), reference);
              }
            });
    schemas.set("ServerSentEvent", union);
  }

  /** {@code stream.topped_up} is {@code StreamToppedUp}. */
  private static String camelCase(String type) {
    StringBuilder name = new StringBuilder();
    for (String word : type.split("[._]")) {
      name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
    }
    return name.toString();
  }
}
