package io.flowfi.description;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.ResetReason;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Puts the description of the API together. */
final class OpenApi {
  private static final String PROBLEMS = "#/components/responses/";

  /** What every operation may answer, and where that is described. */
  private static final Map<String, String> COMMON =
      Map.of(
          "400", "BadRequest",
          "401", "Unauthorized",
          "403", "Forbidden",
          "406", "NotAcceptable",
          "409", "Conflict",
          "429", "TooManyRequests",
          "500", "ServerError",
          "503", "Unavailable",
          "default", "OtherProblem");

  private static final Map<String, String> WITH_A_BODY =
      Map.of("408", "RequestTimeout", "413", "ContentTooLarge", "415", "UnsupportedMediaType");

  /**
   * The answers that have another form under {@code /legacy}, and that form; see {@code
   * LegacyAnswers}. One that is missing here fails the first test that gets a real answer of it.
   */
  private static final Map<String, String> LEGACY =
      Map.of(
          "Stream", "LegacyStream",
          "StreamList", "LegacyList",
          "User", "LegacyUser",
          "HistoryAnswer", "LegacyHistory");

  private final ObjectNode document = Json.object();
  private final EventSchemas events = EventSchemas.read();

  private OpenApi() {}

  /**
   * The document of OpenAPI 3.1.
   *
   * @throws AssertionError naming what the registry lacks, or has and the code has not
   */
  static ObjectNode document() {
    return new OpenApi().build();
  }

  /**
   * The same for OpenAPI 3.2, which knows that an event stream is a sequence, and an example of it
   * is the whole text.
   */
  static ObjectNode document32() {
    ObjectNode document = document();
    document.put("openapi", "3.2.0");
    Json.forEach(
        document,
        node -> {
          if (node.path("text/event-stream") instanceof ObjectNode stream) {
            stream.set("itemSchema", stream.remove("schema"));
            String text = AnswerExamples.onTheWire(stream.remove("examples"));
            stream.putObject("examples").putObject("stream").put("serializedValue", text);
          }
        });
    return document;
  }

  private ObjectNode build() {
    ObjectNode registry = Registry.openApi();
    document.put("openapi", "3.1.0");
    document.set("info", registry.get("info"));
    document
        .putArray("servers")
        .add(Json.object().put("url", "/").put("description", "The server of this document."));
    document.set("tags", registry.get("tags"));
    document.set("paths", registry.get("paths"));
    document.set("components", registry.get("components"));
    addOperations();
    addLegacyOperations();
    new AnswerExamples(events).addTo(document);
    addHeadersOfAll();
    addSchemas();
    return document;
  }

  private void addOperations() {
    Map<String, CodeModel.Operation> code = new LinkedHashMap<>(CodeModel.operations());
    for (var path : document.get("paths").properties()) {
      for (var method : path.getValue().properties()) {
        String name = method.getKey() + " " + path.getKey();
        CodeModel.Operation operation = code.remove(name);
        if (operation == null) {
          throw new AssertionError(
              "src/main/api/paths.yaml has "
                  + name
                  + ", and no resource: remove it there, or the path has changed");
        }
        complete(method.getKey(), (ObjectNode) method.getValue(), operation);
      }
    }
    if (!code.isEmpty()) {
      throw new AssertionError(
          "Describe these endpoints in src/main/api/paths.yaml (operationId, tags, summary,"
              + " parameters, responses; copy a similar one): "
              + code.keySet());
    }
  }

  private static void complete(String method, ObjectNode entry, CodeModel.Operation operation) {
    ArrayNode security = entry.putArray("security");
    if (operation.forAnybody()) {
      security.add(Json.object());
    }
    for (String scheme : List.of("bearer", "cookie", "ticket")) {
      if (method.equals("get") || !scheme.equals("ticket")) {
        security.addObject().putArray(scheme);
      }
    }
    // aliases of YAML are one node in many places
    entry.set("parameters", parameters(entry.path("parameters")));
    ObjectNode described = (ObjectNode) entry.get("responses");
    if (operation.answer() != null) {
      ((ObjectNode) described.get("200"))
          .putObject("content")
          .putObject("application/json")
          .set("schema", Json.reference(Json.SCHEMAS + operation.answer()));
    }
    Map<String, String> common = new LinkedHashMap<>(COMMON);
    if (!method.equals("get")) {
      common.putAll(WITH_A_BODY);
    }
    ObjectNode responses = Json.object();
    TreeSet<String> statuses = new TreeSet<>(common.keySet());
    described.fieldNames().forEachRemaining(statuses::add);
    for (String status : statuses) {
      JsonNode own = described.get(status);
      responses.set(status, own != null ? own : Json.reference(PROBLEMS + common.get(status)));
    }
    entry.set("responses", responses);
  }

  /** All other paths answer there as they do elsewhere, and are not said twice. */
  private void addLegacyOperations() {
    ObjectNode paths = (ObjectNode) document.get("paths");
    ObjectNode added = Json.object();
    for (var path : paths.properties()) {
      for (var method : path.getValue().properties()) {
        ObjectNode copy = method.getValue().deepCopy();
        if (takeLegacyForm((ObjectNode) copy.get("responses"))) {
          String request = method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
          copy.put("operationId", legacyName(copy.get("operationId").asText()));
          copy.putArray("tags").add("legacy");
          copy.put("description", "As `" + request + "`, in the form of the replaced service.");
          added.withObjectProperty("/legacy" + path.getKey()).set(method.getKey(), copy);
        }
      }
    }
    paths.setAll(added);
  }

  private static String legacyName(String operationId) {
    return "legacy"
        + operationId.substring(0, 1).toUpperCase(Locale.ROOT)
        + operationId.substring(1);
  }

  /** Whether one of them has another form. */
  private boolean takeLegacyForm(ObjectNode responses) {
    boolean any = false;
    for (String status : Json.names(responses)) {
      ObjectNode response = Json.resolved(document, responses.get(status)).deepCopy();
      if (response.at("/content/application~1json") instanceof ObjectNode content) {
        String form = LEGACY.get(content.at("/schema/$ref").asText().replace(Json.SCHEMAS, ""));
        if (form != null) {
          content.set("schema", Json.reference(Json.SCHEMAS + form));
          responses.set(status, response);
          any = true;
        }
      }
    }
    return any;
  }

  private static ArrayNode parameters(JsonNode own) {
    ArrayNode all = Json.MAPPER.createArrayNode();
    own.forEach(all::add);
    all.add(Json.reference("#/components/parameters/RequestId"));
    all.add(Json.reference("#/components/parameters/Account"));
    all.add(Json.reference("#/components/parameters/SandboxMode"));
    all.add(Json.reference("#/components/parameters/Sandbox"));
    return all;
  }

  private void addHeadersOfAll() {
    List<JsonNode> responses = new ArrayList<>();
    document.at("/components/responses").forEach(responses::add);
    document
        .get("paths")
        .forEach(path -> path.forEach(method -> method.get("responses").forEach(responses::add)));
    for (JsonNode response : responses) {
      if (!response.has("$ref")) {
        ((ObjectNode) response)
            .withObject("/headers")
            .set("X-Request-ID", Json.reference("#/components/headers/X-Request-ID"));
        ((ObjectNode) response)
            .withObject("/headers")
            .set("X-Sandbox-Mode", Json.reference("#/components/headers/X-Sandbox-Mode"));
      }
    }
  }

  private void addSchemas() {
    ObjectNode schemas = Json.object();
    for (var schema : document.at("/components/schemas").properties()) {
      ObjectNode whole =
          schema.getValue().has("type") ? Json.object() : CodeModel.schema(schema.getKey());
      Json.merge(whole, (ObjectNode) schema.getValue());
      schemas.set(schema.getKey(), whole);
    }
    schemas.set("EventType", words(EventType.known().stream().map(EventType::wireName)));
    schemas.set("StreamStatus", words(Arrays.stream(StreamStatus.values()).map(Enum::name)));
    schemas.set(
        "ResetReason",
        words(Arrays.stream(ResetReason.values()).map(r -> r.name().toLowerCase(Locale.ROOT))));
    schemas.set(
        "CloseReason",
        words(
            Arrays.stream(CloseReason.values())
                .filter(reason -> reason.told() == reason)
                .map(reason -> reason.name().toLowerCase(Locale.ROOT))));
    Json.merge(schemas, events.schemas());
    events
        .data()
        .forEach(
            (event, schema) ->
                ((ObjectNode) schemas.get(schema)).putArray("examples").add(events.example(event)));
    ObjectNode components = (ObjectNode) document.get("components");
    components.remove("schemas");
    ObjectNode kept = Json.reachable(document, schemas);
    for (String name : Json.schemasIn(document)) {
      if (!kept.has(name)) {
        throw new AssertionError("Describe the schema " + name + " in src/main/api/schemas.yaml");
      }
    }
    components.set("schemas", kept);
  }

  private static ObjectNode words(Stream<String> words) {
    ObjectNode schema = Json.object().put("type", "string");
    ArrayNode values = schema.putArray("enum");
    words.forEach(values::add);
    return schema;
  }
}
