package io.flowfi.description;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.flowfi.payment.EventType;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Compares the answers that tests get with the served description: status, headers, media type and
 * body. Stricter than the description, which lets answers have further fields: here a field that it
 * does not name is an error. Any thread may call.
 */
public final class RealAnswers {
  private static final String WHAT_TO_DO =
      " of src/main/api, then: mvn test -Dtest=DocumentsTest -Dflowfi.documents=write -Djacoco.skip";

  /** What HTTP refuses before the operation counts; described once, as {@code default}. */
  private static final Set<Integer> OF_HTTP = Set.of(405, 411, 414, 417, 431, 501, 505);

  /** Headers that every answer of every server may have. */
  private static final Pattern GENERAL =
      Pattern.compile(
          "content-(type|length|encoding|security-policy|language)|date|cache-control|vary|allow|connection"
              + "|keep-alive|transfer-encoding|server|expires|pragma|x-(frame|content-type)-options"
              + "|referrer-policy|cross-origin-.*|access-control-.*|strict-transport-security"
              + "|permissions-policy|upgrade|:status|x-powered-by|x-test-.*");

  private static final RealAnswers SERVED = new RealAnswers(Documents.openApi());

  private record Template(Pattern pattern, String path) {}

  private final JsonNode document;
  private final ObjectNode strict;
  private final List<Template> templates = new ArrayList<>();
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
  private final Map<String, String> blocks = new ConcurrentHashMap<>();

  RealAnswers(JsonNode document) {
    this.document = document;
    strict = document.get("components").deepCopy();
    Json.forEach(strict.get("schemas"), RealAnswers::close);
    List<String> paths = new ArrayList<>();
    document.get("paths").fieldNames().forEachRemaining(paths::add);
    // as JAX-RS chooses: the longest literal text first
    paths.sort((a, b) -> literals(b) - literals(a));
    for (String path : paths) {
      String regex =
          path.replaceAll("\\{[^}]+}", "[^/]+").replaceFirst("^(/legacy)?(/v1)?", "$1(?:/v1)?");
      templates.add(new Template(Pattern.compile(regex + "/?"), path));
    }
    for (JsonNode block : document.at("/components/schemas/ServerSentEvent/oneOf")) {
      String name = block.get("$ref").asText().substring(Json.SCHEMAS.length());
      JsonNode schema = document.at("/components/schemas/" + name);
      blocks.put(schema.at("/properties/event/enum/0").asText(), name);
    }
  }

  private static int literals(String path) {
    return path.replaceAll("\\{[^}]+}", "").length();
  }

  private static void close(JsonNode node) {
    if (node.path("properties") instanceof ObjectNode
        && !node.has("additionalProperties")
        && node.path("type").asText().equals("object")) {
      ((ObjectNode) node).put("additionalProperties", false);
    }
  }

  /**
   * Checks an answer of the API; others, such as pages, are not looked at.
   *
   * @param path as requested, with or without the query and the version
   * @param body null if it was not read
   * @throws AssertionError saying what the description lacks, and where to add it
   */
  public static void check(
      String method, String path, int status, HttpHeaders headers, String body) {
    SERVED.compare(method, path, status, headers, body);
  }

  /**
   * Checks a block of an event stream.
   *
   * @param event its name, or null
   * @throws AssertionError saying what the description lacks, and where to add it
   */
  public static void checkBlock(String event, String id, Long retry, String data) {
    SERVED.compareBlock(event, id, retry, data);
  }

  void compare(String method, String path, int status, HttpHeaders headers, String body) {
    String plain = path.replaceFirst("[?#].*", "");
    String verb = method.equals("HEAD") ? "get" : method.toLowerCase(Locale.ROOT);
    // most operations answer under /legacy as they do without it
    Optional<Template> template =
        template(plain, verb).or(() -> template(plain.replaceFirst("^/legacy/", "/"), verb));
    if (template.isEmpty()) {
      boolean problem = type(headers).equals("application/problem+json");
      if (problem && body != null && !body.isEmpty()) {
        require("an answer to " + method + " " + plain, "Problem", tree(body));
      } else if (!problem && type(headers).endsWith("json") && !plain.endsWith(".json")) {
        throw new AssertionError(
            method
                + " "
                + plain
                + " answered "
                + status
                + " as "
                + type(headers)
                + ", which no path of the description has. Add it to paths.yaml"
                + WHAT_TO_DO);
      }
      return;
    }
    JsonNode operation = document.at("/paths").get(template.get().path()).get(verb);
    String what = method + " " + template.get().path() + " answered " + status;
    JsonNode responses = operation.get("responses");
    JsonNode response = responses.get(String.valueOf(status));
    if (response == null && OF_HTTP.contains(status)) {
      response = responses.get("default");
    }
    if (response == null) {
      throw new AssertionError(
          what
              + ", which its description lacks. Add it to its responses in paths.yaml"
              + WHAT_TO_DO);
    }
    if (response.has("$ref")) {
      response = document.at(response.get("$ref").asText().substring(1));
    }
    compareHeaders(what, response.path("headers"), headers);
    compareBody(what, method, response.path("content"), headers, body);
  }

  /** The operation's path; JAX-RS takes the most literal of those that have any method. */
  private Optional<Template> template(String path, String verb) {
    return templates.stream()
        .filter(t -> t.pattern().matcher(path).matches())
        .findFirst()
        .filter(t -> document.at("/paths").get(t.path()).has(verb));
  }

  /** Checks an example of the description as if it were a real body. */
  void compareExample(String what, JsonNode schema, JsonNode example) {
    report("the example of " + what, schema(schema), example);
    for (JsonNode event : example.path("events")) {
      if (event.has("data")) {
        compareData(event.path("type").asText(), event.get("data"));
      }
    }
  }

  private void compareHeaders(String what, JsonNode described, HttpHeaders headers) {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    described.fieldNames().forEachRemaining(names::add);
    for (String name : headers.map().keySet()) {
      if (!names.contains(name) && !GENERAL.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
        throw new AssertionError(
            what
                + " with the header "
                + name
                + ", which its description lacks. Add it to components.headers in api.yaml, and to"
                + " this response in paths.yaml"
                + WHAT_TO_DO);
      }
    }
    for (String name : names) {
      JsonNode header = document.at(described.get(name).get("$ref").asText().substring(1));
      Optional<String> value = headers.firstValue(name);
      if (value.isEmpty() && header.path("required").asBoolean()) {
        throw new AssertionError(what + " without the header " + name + ", which it describes");
      }
      value.ifPresent(
          text -> {
            boolean number = header.at("/schema/type").asText().equals("integer");
            JsonNode tree = number ? tree(text) : Json.MAPPER.getNodeFactory().textNode(text);
            report(what + " with " + name + ": " + text, schema(header.get("schema")), tree);
          });
    }
  }

  private void compareBody(
      String what, String method, JsonNode content, HttpHeaders headers, String body) {
    if (body == null || method.equals("HEAD")) {
      return;
    }
    if (content.isEmpty()) {
      if (!body.isEmpty()) {
        throw new AssertionError(what + " with a body, and its description has no content");
      }
      return;
    }
    String type = type(headers);
    JsonNode described = content.path(type);
    if (described.isMissingNode()) {
      throw new AssertionError(
          what
              + " as "
              + type
              + ", which its description lacks. Add it to the content of this response in"
              + " paths.yaml"
              + WHAT_TO_DO);
    }
    if (!type.endsWith("json")) {
      return; // a table; and the blocks of an event stream are checked as they come
    }
    Schema schema = schema(described.get("schema"));
    if (type.equals("application/x-ndjson")) {
      for (String line : body.lines().toList()) {
        JsonNode event = tree(line);
        report(what + " with the line " + line, schema, event);
        compareData(event.path("type").asText(), event.path("data"));
      }
      return;
    }
    JsonNode tree = unmarked(tree(body), headers.firstValue("X-Sandbox-Mode").isPresent());
    report(what + " with " + body, schema, tree);
    for (JsonNode event : tree.path("events")) {
      if (event.has("data")) {
        compareData(event.path("type").asText(), event.get("data"));
      } else if (event.has("metadata")) {
        compareData(known(event.path("eventType").asText()), tree(event.get("metadata").asText()));
      }
    }
  }

  /** The name of a type that the replaced service calls so. */
  private String known(String legacy) {
    String ending = "." + legacy.toLowerCase(Locale.ROOT);
    return blocks.keySet().stream().filter(name -> name.endsWith(ending)).findFirst().orElse("");
  }

  /** An object of the sandbox without its mark, which is described once for all. */
  private static JsonNode unmarked(JsonNode said, boolean sandbox) {
    if (!(said instanceof ObjectNode object)) {
      return said;
    }
    if (sandbox != object.path("sandbox").asBoolean()) {
      throw new AssertionError(
          (sandbox ? "of the sandbox, and not marked: " : "marked, and not of the sandbox: ")
              + said);
    }
    return ((ObjectNode) object.deepCopy()).without("sandbox");
  }

  void compareBlock(String event, String id, Long retry, String data) {
    String name = event == null ? "message" : event;
    if (!blocks.containsKey(name)) {
      if (!isOfALaterVersion(name)) {
        throw new AssertionError(
            "The block "
                + name
                + " has no description. Add it to notices in events.yaml"
                + WHAT_TO_DO);
      }
      return;
    }
    ObjectNode block = Json.object().put("event", name).put("data", data);
    if (id != null) {
      block.put("id", id);
    }
    if (retry != null) {
      block.put("retry", retry);
    }
    require("the block " + block, blocks.get(name), block);
    JsonNode tree = tree(data);
    if (id != null && id.contains(".")) {
      unmarked(tree, id.contains(".sandbox"));
    }
    compareData(name, tree);
  }

  /** Tests write such events into the log; the description names all that the code knows. */
  private static boolean isOfALaterVersion(String name) {
    return name.matches("(stream|protocol)\\..*") && EventType.known(name).isEmpty();
  }

  private void compareData(String event, JsonNode data) {
    if (blocks.containsKey(event)) {
      JsonNode of =
          document
              .at("/components/schemas/" + blocks.get(event))
              .at("/properties/data/contentSchema/$ref");
      require(
          "the data of " + event + ": " + data,
          of.asText().substring(Json.SCHEMAS.length()),
          unmarked(data, data.has("sandbox")));
    }
  }

  private void require(String what, String name, JsonNode value) {
    report(what, schema(Json.reference(Json.SCHEMAS + name)), value);
  }

  private static void report(String what, Schema schema, JsonNode value) {
    List<Error> errors = schema.validate(value);
    if (!errors.isEmpty()) {
      throw new AssertionError(
          what
              + "\ndoes not fit its schema: "
              + errors
              + "\nChange the record, or its schema in schemas.yaml or events.yaml"
              + WHAT_TO_DO);
    }
  }

  private Schema schema(JsonNode schema) {
    return schemas.computeIfAbsent(
        schema.toString(),
        text -> {
          ObjectNode whole = schema.deepCopy();
          whole.set("components", strict);
          return registry.getSchema(whole);
        });
  }

  private static JsonNode tree(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + text, e);
    }
  }

  private static String type(HttpHeaders headers) {
    return headers.firstValue("Content-Type").orElse("").replaceFirst(" *;.*", "");
  }
}
