package io.flowfi.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The description of the event stream, of AsyncAPI 3. */
final class AsyncApi {
  private AsyncApi() {}

  static ObjectNode document() {
    ObjectNode openApi = OpenApi.document();
    EventSchemas events = EventSchemas.read();
    ObjectNode document = Json.object().put("asyncapi", "3.0.0");
    ObjectNode info = document.putObject("info");
    info.set("title", openApi.at("/info/title"));
    info.set("version", openApi.at("/info/version"));
    info.put(
        "description",
        "The event stream of `GET /v1/events/subscribe` (Server-Sent Events). A message's name is"
            + " that of its event, its id the position to resume from. openapi.json describes the"
            + " whole API.");
    info.putArray("tags").addObject().put("name", "sse");
    document.put("defaultContentType", "application/json");
    document
        .putObject("servers")
        .putObject("here")
        .put("host", "localhost:3001")
        .put("protocol", "http")
        .put("description", "A server started with `mvn`; yours is elsewhere.");
    ObjectNode channel = document.putObject("channels").putObject("events");
    JsonNode subscribe = openApi.at("/paths/~1v1~1events~1subscribe/get");
    channel.put("address", "/v1/events/subscribe");
    channel.put("title", "The events that a subscriber chose");
    channel.set("description", subscribe.get("description"));
    ObjectNode messages = channel.putObject("messages");
    ObjectNode described = Json.object();
    events
        .data()
        .forEach(
            (event, schema) -> {
              String name = event.replace('.', '_');
              messages.set(name, Json.reference("#/components/messages/" + name));
              ObjectNode message = described.putObject(name);
              message.put("name", event).put("title", event);
              message.put("summary", events.summary(event));
              message.put("contentType", "application/json");
              message.set("payload", Json.reference(Json.SCHEMAS + schema));
              message.putArray("examples").addObject().set("payload", events.example(event));
            });
    ObjectNode operation = document.putObject("operations").putObject("sendEvents");
    operation.put("action", "send");
    operation.put("summary", "The server sends events as long as the subscriber stays.");
    operation.set("channel", Json.reference("#/channels/events"));
    ObjectNode http = operation.putObject("bindings").putObject("http");
    http.put("method", "GET").set("query", query(subscribe.get("parameters")));
    ObjectNode components = document.putObject("components");
    components.set("messages", described);
    components.set(
        "schemas", Json.reachable(document, (ObjectNode) openApi.at("/components/schemas")));
    return document;
  }

  private static ObjectNode query(JsonNode parameters) {
    ObjectNode query = Json.object().put("type", "object");
    ObjectNode properties = query.putObject("properties");
    for (JsonNode parameter : parameters) {
      if (parameter.path("in").asText().equals("query")) {
        ObjectNode schema = parameter.get("schema").deepCopy();
        boolean isReference = schema.has("$ref");
        ObjectNode property = isReference ? Json.object() : schema;
        if (isReference) {
          ArrayNode all = property.putArray("allOf");
          all.add(schema);
        }
        property.set("description", parameter.get("description"));
        properties.set(parameter.get("name").asText(), property);
      }
    }
    return query;
  }
}
