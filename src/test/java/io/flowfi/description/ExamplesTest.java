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
 * Every JSON body and every event of the served description has an example, and each would pass as
 * a real one.
 */
class ExamplesTest {
  private static final JsonNode DOCUMENT = Documents.openApi();

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
      if (type.endsWith("json") || type.endsWith("form-urlencoded")) {
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
              JsonNode example = body.content().path("example");
              assertThat(example.isMissingNode())
                  .as("no example of %s: write one in src/main/api", body.what())
                  .isFalse();
              answers.compareExample(body.what(), body.content().get("schema"), example);
            });
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
