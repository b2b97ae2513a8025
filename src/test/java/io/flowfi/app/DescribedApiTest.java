package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.flowfi.description.Documents;
import io.flowfi.it.TestAddresses;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The served description has exactly the endpoints, parameters, fields and limits of the API.
 * Jersey names the endpoints. An unknown parameter or field makes the API itself name those that it
 * reads.
 */
@Timeout(120)
class DescribedApiTest {
  private static final String HOW =
      "then write the documents anew: mvn test -Dtest=DocumentsTest -Dflowfi.documents=write"
          + " -Djacoco.skip";

  /** They ignore parameters that they do not know, by the rule of another specification. */
  private static final Set<String> LENIENT = Set.of("get /v1/auth", "post /v1/auth");

  private static final Pattern KNOWS = Pattern.compile("it knows ([A-Za-z_, -]+)\"");

  /** Reading a parameter or a field: {@code query.one("sender", ...)}. */
  private static final Pattern READ =
      Pattern.compile(
          "\\.\\s*(?:one|many|integer|flag|ascending|address|amount|optionalAmount"
              + "|optionalStreamId|time|path)\\(\\s*\"([A-Za-z_]+)\"");

  /** Reading a header of the request, by its name or by its constant. */
  private static final Pattern READ_HEADER =
      Pattern.compile(
          "(?<!esponse\\.|esponse\\(\\)\\.)(?:getHeaderString|getRequestHeader|@HeaderParam)"
              + "\\(\\s*(?:\"|HttpHeaders\\.)([A-Za-z_-]+)");

  /** The application or its filters read these, whatever is asked for. */
  private static final Set<String> HEADERS_OF_ALL =
      Set.of("X-Request-ID", "FlowFi-Account", "X-Sandbox-Mode");

  @TempDir static Path directory;
  private static ApiServer server;
  private static final JsonNode DOCUMENT = Documents.openApi();

  @BeforeAll
  static void start() throws Exception {
    server = new ApiServer(directory, Map.of("RATE_LIMIT", "off"));
    assertThat(server.create(TestAddresses.account(1)).statusCode()).isEqualTo(201);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Map<String, JsonNode> operations() {
    Map<String, JsonNode> all = new TreeMap<>();
    DOCUMENT
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        method ->
                            all.put(method.getKey() + " " + path.getKey(), method.getValue())));
    return all;
  }

  private static JsonNode resolved(JsonNode node) {
    return node.has("$ref") ? resolved(DOCUMENT.at(node.get("$ref").asText().substring(1))) : node;
  }

  private static List<JsonNode> parameters(JsonNode operation, String in) {
    List<JsonNode> all = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (resolved(parameter).get("in").asText().equals(in)) {
        all.add(resolved(parameter));
      }
    }
    return all;
  }

  private static Set<String> names(List<JsonNode> parameters) {
    Set<String> names = new TreeSet<>();
    parameters.forEach(parameter -> names.add(parameter.get("name").asText()));
    names.remove("sandbox"); // every operation has it
    return names;
  }

  /** The path of an existing stream, of a user or of a logger. */
  private static String path(String operation) {
    return operation
        .substring(operation.indexOf(' ') + 1)
        .replace("{id}", "1")
        .replace("{name}", "io.flowfi")
        .replaceAll("\\{(key|address)}", TestAddresses.account(1));
  }

  private static HttpResponse<String> call(String operation, String query, String body)
      throws Exception {
    String method = operation.substring(0, operation.indexOf(' ')).toUpperCase();
    String path = path(operation) + query;
    return method.equals("POST")
        ? server.post(path, body)
        : method.equals("PUT")
            ? server.send(method, path, body, "Content-Type", "application/json")
            : path.contains("/subscribe") || path.contains("/stats/stream")
                ? server.opened(path)
                : server.send(method, path, body);
  }

  /** What the API says that it knows, when it gets something unknown. */
  private static Set<String> known(HttpResponse<String> refusal) {
    return KNOWS
        .matcher(refusal.body())
        .results()
        .map(names -> new TreeSet<>(List.of(names.group(1).split(", "))))
        .findFirst()
        .orElseGet(TreeSet::new);
  }

  @Test
  void shouldHaveEveryEndpoint() {
    Set<String> served = new TreeSet<>();
    for (String endpoint : server.endpoints.all()) {
      String[] parts = endpoint.split(" ");
      if (!parts[1].startsWith("/admin/probe")) {
        String path = parts[1].matches("/(health|metrics).*") ? parts[1] : "/v1" + parts[1];
        served.add(parts[0].toLowerCase() + " " + path);
        String legacy = parts[0].toLowerCase() + " /legacy" + path;
        if (operations().containsKey(legacy)) {
          served.add(legacy); // each could be; those whose answers have another form are
        }
      }
    }
    assertThat(operations().keySet())
        .as("describe each endpoint in src/main/api/paths.yaml, %s", HOW)
        .isEqualTo(served);
  }

  @Test
  void shouldHaveEveryQueryParameter() throws Exception {
    for (var operation : operations().entrySet()) {
      if (LENIENT.contains(operation.getKey())) {
        continue;
      }
      HttpResponse<String> answer = call(operation.getKey(), "?unknown=1", "");
      assertSoftly(
          softly ->
              softly
                  .assertThat(names(parameters(operation.getValue(), "query")))
                  .as(
                      "parameters in query of %s in src/main/api/paths.yaml; %s",
                      operation.getKey(), HOW)
                  .isEqualTo(known(answer)));
    }
  }

  @Test
  void shouldHaveEveryPathParameter() {
    for (var operation : operations().entrySet()) {
      Set<String> inPath = new TreeSet<>();
      Pattern.compile("\\{(\\w+)}")
          .matcher(operation.getKey())
          .results()
          .forEach(name -> inPath.add(name.group(1)));
      assertThat(names(parameters(operation.getValue(), "path")))
          .as(operation.getKey())
          .isEqualTo(inPath);
    }
  }

  @Test
  void shouldHaveEveryFieldOfABody() throws Exception {
    int bodies = 0;
    for (var operation : operations().entrySet()) {
      JsonNode schema = operation.getValue().at("/requestBody/content/application~1json/schema");
      if (schema.isMissingNode() || LENIENT.contains(operation.getKey())) {
        continue;
      }
      bodies++;
      Set<String> described = new TreeSet<>();
      resolved(schema).get("properties").fieldNames().forEachRemaining(described::add);
      HttpResponse<String> answer = call(operation.getKey(), "", "{\"unknown\":\"1\"}");
      assertSoftly(
          softly ->
              softly
                  .assertThat(described)
                  .as(
                      "properties of the body of %s in src/main/api/schemas.yaml; %s",
                      operation.getKey(), HOW)
                  .isEqualTo(known(answer)));
    }
    assertThat(bodies).isGreaterThan(6);
  }

  /** Also for what names no parameters itself: every name that our code reads is described. */
  @Test
  void shouldHaveEveryNameThatTheCodeReads() throws IOException {
    Set<String> described = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (JsonNode operation : operations().values()) {
      for (String in : List.of("query", "header", "path")) {
        described.addAll(names(parameters(operation, in)));
      }
    }
    for (JsonNode schema : DOCUMENT.at("/components/schemas")) {
      schema.path("properties").fieldNames().forEachRemaining(described::add);
    }
    described.add("ticket"); // a security scheme
    described.add("Accept"); // OpenAPI takes it from the media types of the answers
    List<String> missing = new ArrayList<>();
    int found = 0;
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java/io/flowfi/web"))) {
      for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
        String text = Files.readString(source);
        for (Pattern read : List.of(READ, READ_HEADER)) {
          for (MatchResult match : read.matcher(text).results().toList()) {
            found++;
            // a constant of HttpHeaders
            String name = read == READ_HEADER ? match.group(1).replace('_', '-') : match.group(1);
            if (!described.contains(name)) {
              missing.add(source + " reads " + name);
            }
          }
        }
      }
    }
    assertThat(missing).as("describe them in src/main/api, %s", HOW).isEmpty();
    assertThat(found).isGreaterThan(30);
  }

  /**
   * Each operation is asked with values of which it says something only if it reads the header.
   * Those of administrators are not asked, because most would do what they are for: they have none.
   */
  @Test
  void shouldHaveEveryHeaderWhereItIsRead() throws Exception {
    int found = 0;
    for (var operation : operations().entrySet()) {
      String name = operation.getKey();
      Set<String> read = new TreeSet<>(HEADERS_OF_ALL);
      if (!name.contains(" /v1/admin/")) {
        if (name.startsWith("get")) {
          addReadBy(name, operation.getValue(), read);
        } else if (name.startsWith("post")) {
          addCommandsRead(name, operation.getValue(), read);
        }
      }
      found += read.size() - HEADERS_OF_ALL.size();
      Set<String> described = names(parameters(operation.getValue(), "header"));
      assertSoftly(
          softly ->
              softly
                  .assertThat(described)
                  .as("headers of %s in src/main/api/paths.yaml; %s", name, HOW)
                  .isEqualTo(read));
    }
    assertThat(found)
        .as("2 of each of 6 commands, 3 of pages and again 3 of old ones, 1 of subscribe")
        .isEqualTo(19);
  }

  private static void addReadBy(String name, JsonNode operation, Set<String> read)
      throws Exception {
    // a page that can no longer change, where there are pages
    boolean hasPages = names(parameters(operation, "query")).contains("before");
    String path = path(name) + "?" + needed(name, operation) + (hasPages ? "before=1" : "");
    HttpResponse<String> tagged = read(path, "If-None-Match", "*");
    if (tagged.statusCode() == 304) {
      read.add("If-None-Match");
    }
    HttpResponse<String> resumed = read(path, "Last-Event-ID", "no position");
    if (resumed.statusCode() == 400 && resumed.body().contains("Last-Event-ID")) {
      read.add("Last-Event-ID");
    }
  }

  private static HttpResponse<String> read(String path, String... header) throws Exception {
    return path.contains("/subscribe") ? server.opened(path, header) : server.get(path, header);
  }

  private static void addCommandsRead(String name, JsonNode operation, Set<String> read)
      throws Exception {
    JsonNode example = operation.at("/requestBody/content/application~1json/example");
    String body = example.isMissingNode() ? "" : example.toString();
    if (server.post(path(name), body, "If-Match", "\"99\"").statusCode() == 412) {
      read.add("If-Match");
    }
    HttpResponse<String> twice =
        server.post(path(name), body, "Idempotency-Key", "a", "Idempotency-Key", "b");
    if (twice.statusCode() == 400 && twice.body().contains("Idempotency-Key")) {
      read.add("Idempotency-Key");
    }
  }

  /** Only reads: a command that its query alone makes would do what it is for. */
  @Test
  void shouldSayWhichParametersAreNeeded() throws Exception {
    int needed = 0;
    for (var operation : operations().entrySet()) {
      if (!operation.getKey().startsWith("get")
          || operation.getKey().endsWith("subscribe") // one of several, in words
          || LENIENT.contains(operation.getKey())) {
        continue;
      }
      List<JsonNode> all =
          parameters(operation.getValue(), "query").stream()
              .filter(parameter -> parameter.path("required").asBoolean())
              .toList();
      needed += all.size();
      HttpResponse<String> without = call(operation.getKey(), "", null);
      assertSoftly(
          softly ->
              softly
                  .assertThat(refused("parameter", without))
                  .as("required parameters of %s in paths.yaml, %s", operation.getKey(), HOW)
                  .isEqualTo(names(all)));
    }
    assertThat(needed).as("the position of a delivery").isEqualTo(1);
  }

  /** A body without anything, and one without each field that is said to be needed. */
  @Test
  void shouldSayWhichFieldsOfABodyAreNeeded() throws Exception {
    int needed = 0;
    for (var operation : operations().entrySet()) {
      JsonNode content = operation.getValue().at("/requestBody/content/application~1json");
      if (content.isMissingNode() || LENIENT.contains(operation.getKey())) {
        continue;
      }
      Set<String> required = new TreeSet<>();
      resolved(content.get("schema")).path("required").forEach(name -> required.add(name.asText()));
      // of a stream that does not exist, or it would be cancelled
      String key = operation.getKey().replace("{id}", "999999");
      for (String name : required) {
        needed++;
        ObjectNode without = content.get("example").deepCopy();
        without.remove(name);
        assertNeeded(key, name, refused("field", call(key, "", without.toString())), true);
      }
      if (required.isEmpty() && key.contains(" /v1/admin/")) {
        continue; // a drain would begin
      }
      for (String name : refused("field", call(key, "", "{}"))) {
        boolean oneOfSeveral = key.endsWith("/filters");
        assertNeeded(key, name, required, !oneOfSeveral);
      }
    }
    assertThat(needed).isGreaterThan(10);
  }

  private static void assertNeeded(String key, String name, Set<String> names, boolean needed) {
    assertSoftly(
        softly ->
            softly
                .assertThat(names.contains(name))
                .as("%s is required for %s in schemas.yaml, %s", name, key, HOW)
                .isEqualTo(needed));
  }

  /** What a 400 names. */
  private static Set<String> refused(String kind, HttpResponse<String> answer) {
    return answer.statusCode() != 400
        ? Set.of()
        : Pattern.compile("\"" + kind + "\":\"([A-Za-z_]+)\"")
            .matcher(answer.body())
            .results()
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void shouldHaveTheLimitsOfNumbersAndTheWordsOfLists() throws Exception {
    int checked = 0;
    for (var operation : operations().entrySet()) {
      if (!operation.getKey().startsWith("get") || LENIENT.contains(operation.getKey())) {
        continue;
      }
      String needed = needed(operation.getKey(), operation.getValue());
      for (JsonNode parameter : parameters(operation.getValue(), "query")) {
        String name = parameter.get("name").asText();
        JsonNode schema = resolved(parameter.get("schema"));
        JsonNode values = schema.has("items") ? resolved(schema.get("items")) : schema;
        String query = "?" + needed + name + "=";
        if (schema.has("maximum")) {
          long most = schema.get("maximum").asLong();
          long least = schema.get("minimum").asLong();
          assertAnswer(operation.getKey(), query + most, 200);
          assertAnswer(operation.getKey(), query + least, 200);
          assertAnswer(operation.getKey(), query + (most + 1), 400);
          assertAnswer(operation.getKey(), query + (least - 1), 400);
          checked++;
        }
        for (JsonNode word : values.path("enum")) {
          assertAnswer(operation.getKey(), query + word.asText(), 200);
        }
        if (values.has("enum")) {
          assertAnswer(operation.getKey(), query + "other", 400);
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(12);
  }

  /** A field of a body just within what is described, and just beyond it. */
  @Test
  void shouldHaveTheLimitsOfTheFieldsOfBodies() throws Exception {
    int checked = 0;
    for (var operation : operations().entrySet()) {
      JsonNode content = operation.getValue().at("/requestBody/content/application~1json");
      if (content.isMissingNode() || LENIENT.contains(operation.getKey())) {
        continue;
      }
      // of a stream that does not exist, or it would be changed
      String key = operation.getKey().replace("{id}", "999999");
      for (var field : resolved(content.get("schema")).get("properties").properties()) {
        JsonNode schema = resolved(field.getValue());
        // a drain of this server would begin
        if (!key.endsWith("/drain")) {
          for (JsonNode good : withinLimits(schema)) {
            assertRefused(key, content.get("example"), field.getKey(), good, false);
          }
        }
        for (JsonNode bad : beyondLimits(schema)) {
          assertRefused(key, content.get("example"), field.getKey(), bad, true);
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(30);
  }

  private static List<JsonNode> withinLimits(JsonNode schema) {
    List<JsonNode> all = new ArrayList<>();
    if (schema.has("maxLength")) {
      all.add(TextNode.valueOf("a".repeat(schema.get("maxLength").asInt())));
    }
    if (schema.has("maximum")) {
      all.add(LongNode.valueOf(schema.get("maximum").asLong()));
      all.add(LongNode.valueOf(schema.get("minimum").asLong()));
    }
    schema.path("enum").forEach(all::add);
    return all;
  }

  private static List<JsonNode> beyondLimits(JsonNode schema) {
    List<JsonNode> all = new ArrayList<>();
    if (schema.has("maxLength")) {
      all.add(TextNode.valueOf("a".repeat(schema.get("maxLength").asInt() + 1)));
    }
    if (schema.has("minLength")) {
      all.add(TextNode.valueOf(""));
    }
    if (schema.has("maximum")) {
      all.add(LongNode.valueOf(schema.get("maximum").asLong() + 1));
    }
    if (schema.has("minimum")) {
      all.add(LongNode.valueOf(schema.get("minimum").asLong() - 1));
    }
    if (schema.has("enum") || schema.has("pattern")) {
      all.add(TextNode.valueOf("an other"));
    }
    if (schema.has("maxItems")) {
      ArrayNode many = JsonNodeFactory.instance.arrayNode();
      for (int i = 0; i <= schema.get("maxItems").asInt(); i++) {
        many.add(Integer.toString(i + 1));
      }
      all.add(many);
    }
    return all;
  }

  private static void assertRefused(
      String key, JsonNode example, String field, JsonNode value, boolean refused)
      throws Exception {
    ObjectNode body = example.deepCopy();
    body.set(field, value);
    HttpResponse<String> answer = call(key, "", body.toString());
    assertSoftly(
        softly ->
            softly
                .assertThat(answer.statusCode() == 400 && answer.body().contains(field))
                .as("%s %s, by its limits in src/main/api: %s", key, body, answer.body())
                .isEqualTo(refused));
  }

  /** What a query needs before the parameter that is tried. */
  private static String needed(String key, JsonNode operation) {
    return key.endsWith("subscribe")
        ? "all=true&"
        : parameters(operation, "query").stream()
            .filter(parameter -> parameter.path("required").asBoolean())
            .map(
                parameter ->
                    parameter.get("name").asText() + "=" + parameter.get("example").asText() + "&")
            .collect(Collectors.joining());
  }

  private static void assertAnswer(String operation, String query, int status) throws Exception {
    HttpResponse<String> answer = call(operation, query, null);
    assertSoftly(
        softly ->
            softly
                .assertThat(answer.statusCode())
                .as("%s%s, by its limits in src/main/api: %s", operation, query, answer.body())
                .isEqualTo(status));
  }
}
