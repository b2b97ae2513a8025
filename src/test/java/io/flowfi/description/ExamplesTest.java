package io.flowfi.description;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every body and every event of the served description has an example, and each would pass as a
 * real one. Those of {@code text/csv} and of the figures are compared with real ones where these
 * are tested.
 */
class ExamplesTest {
  private static final JsonNode DOCUMENT = Documents.openApi();

  private static final String SUBSCRIBE =
      "/paths/~1v1~1events~1subscribe/get/responses/200/content/text~1event-stream";
  private static final String STATS =
      "/paths/~1v1~1admin~1stats~1stream/get/responses/200/content/text~1event-stream";

  private final RealAnswers answers = new RealAnswers(DOCUMENT);

  /** A body of a request or of an answer. */
  private record Body(String what, JsonNode content) {}

  private static List<Body> bodies() {
    List<Body> all = new ArrayList<>();
    for (var path : DOCUMENT.get("paths").properties()) {
      for (var method : path.getValue().properties()) {
        String what = method.getKey() + " " + path.getKey();
        add(all, what, method.getValue().path("requestBody"));
        for (var response : method.getValue().get("responses").properties()) {
          if (response.getKey().startsWith("2")) {
            add(all, what + " " + response.getKey(), response.getValue());
          }
        }
      }
    }
    return all;
  }

  private static void add(List<Body> all, String what, JsonNode owner) {
    for (var content : Json.resolved(DOCUMENT, owner).path("content").properties()) {
      String type = content.getKey();
      if (!type.equals("application/zip")) {
        all.add(new Body(what + " " + type, content.getValue()));
      }
    }
  }

  @Test
  void shouldHaveAnExampleOfEveryBodyThatFits() {
    List<Body> bodies = bodies();
    assertThat(bodies)
        .hasSizeGreaterThan(60)
        .allSatisfy(
            body -> {
              List<JsonNode> examples = examples(body.content());
              assertThat(examples)
                  .as("no example of %s: write one in src/main/api", body.what())
                  .isNotEmpty();
              for (JsonNode example : examples) {
                answers.compareExample(body.what(), body.content().get("schema"), example);
              }
            });
  }

  @Test
  void shouldHaveAnExampleOfEveryProblemThatFits() {
    JsonNode problems = DOCUMENT.at("/components/responses");
    int seen = 0;
    for (var problem : problems.properties()) {
      JsonNode content = problem.getValue().at("/content/application~1problem+json");
      if (!content.isMissingNode()) {
        seen++;
        answers.compareExample(problem.getKey(), content.get("schema"), content.get("example"));
      }
    }
    assertThat(seen).isGreaterThan(15);
    for (JsonNode path : DOCUMENT.get("paths")) {
      for (JsonNode method : path) {
        for (var response : method.get("responses").properties()) {
          String of = response.getValue().path("$ref").asText();
          JsonNode shown =
              Json.resolved(DOCUMENT, response.getValue())
                  .at("/content/application~1problem+json/example/status");
          if (!shown.isMissingNode() && !of.endsWith("/OtherProblem")) {
            assertThat(shown.asText()).as(of).isEqualTo(response.getKey());
          }
        }
      }
    }
  }

  private static List<JsonNode> examples(JsonNode content) {
    List<JsonNode> all = new ArrayList<>();
    content.path("examples").forEach(example -> all.add(example.get("value")));
    if (content.has("example")) {
      all.add(content.get("example"));
    }
    return all;
  }

  /** Its data is a text of JSON, which the schema of the block does not check. */
  @Test
  void shouldHaveBlocksOfTheEventStreamThatFit() throws IOException {
    List<JsonNode> blocks = examples(DOCUMENT.at(SUBSCRIBE));
    assertThat(blocks).hasSizeGreaterThan(3);
    for (JsonNode block : blocks) {
      String event = block.get("event").asText();
      answers.compareBlock(
          event,
          block.path("id").asText(null),
          block.has("retry") ? block.get("retry").asLong() : null,
          block.get("data").asText());
    }
    JsonNode stats = examples(DOCUMENT.at(STATS)).get(0);
    answers.compareExample(
        "stats",
        Json.reference(Json.SCHEMAS + "LiveStats"),
        Json.MAPPER.readTree(stats.get("data").asText()));
  }

  /** OpenAPI 3.2 has the text of the stream, which is that of the same blocks. */
  @Test
  void shouldShowTheSameStreamInTheNewerDescription() throws IOException {
    JsonNode newer = Json.MAPPER.readTree(Documents.FOLDER.resolve("openapi-3.2.json").toFile());
    assertThat(newer.at(SUBSCRIBE + "/examples/stream/serializedValue").asText())
        .startsWith("retry: 4870\ndata: {\"type\":\"connected\",")
        .contains("}\nid: 41.k3f9a81\n\nevent: stream.withdrawn\ndata: {\"streamId\":\"7\",")
        .endsWith("}\nid: 57.k3f9a81\n\n");
  }

  @Test
  void shouldHaveAnExampleOfEveryEventThatFits() throws IOException {
    JsonNode messages =
        Json.MAPPER
            .readTree(Documents.FOLDER.resolve("asyncapi.json").toFile())
            .at("/components/messages");
    JsonNode blocks = DOCUMENT.at("/components/schemas/ServerSentEvent/discriminator/mapping");
    assertThat(blocks).hasSizeGreaterThan(25);
    for (var block : blocks.properties()) {
      String event = block.getKey();
      JsonNode schema =
          Json.resolved(DOCUMENT, Json.reference(block.getValue().asText()))
              .at("/properties/data/contentSchema");
      JsonNode example = Json.resolved(DOCUMENT, schema).at("/examples/0");
      assertThat(example.isObject()).as("example of %s in openapi.json", event).isTrue();
      answers.compareExample(event, schema, example);
      assertThat(messages.at("/" + event.replace('.', '_') + "/examples/0/payload"))
          .as("example of %s in asyncapi.json", event)
          .isEqualTo(example);
    }
  }

  @Test
  void shouldSeeAnExampleThatDoesNotFit() {
    JsonNode schema = Json.reference(Json.SCHEMAS + "StreamPausedData");
    ObjectNode good = Json.resolved(DOCUMENT, schema).at("/examples/0").deepCopy();
    answers.compareExample("an event", schema, good);
    assertThatThrownBy(
            () -> answers.compareExample("an event", schema, good.deepCopy().put("pausedBy", "me")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pausedBy");
    assertThatThrownBy(
            () -> answers.compareExample("an event", schema, good.deepCopy().without("pausedAt")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("pausedAt");
  }
}
