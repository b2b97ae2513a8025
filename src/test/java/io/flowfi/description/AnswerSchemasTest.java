package io.flowfi.description;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every body of JSON of the served description has a schema that says what is in it: an endpoint
 * without one would be exempt from {@link RealAnswers}. That every endpoint is described, tests of
 * the running API hold.
 */
class AnswerSchemasTest {
  private static final JsonNode DOCUMENT = Documents.openApi();

  @Test
  void shouldSayWhatIsInEveryBody() {
    List<String> without = new ArrayList<>();
    int bodies = 0;
    for (var path : DOCUMENT.get("paths").properties()) {
      for (var method : path.getValue().properties()) {
        String what = method.getKey() + " " + path.getKey();
        bodies += look(what + ", request", method.getValue().path("requestBody"), without);
        for (var answer : method.getValue().get("responses").properties()) {
          bodies += look(what + ", " + answer.getKey(), answer.getValue(), without);
        }
      }
    }
    assertThat(without)
        .as("give them a schema in src/main/api, or let the resource return a record")
        .isEmpty();
    assertThat(bodies).isGreaterThan(600);
  }

  /** How many bodies of JSON it has. */
  private static int look(String what, JsonNode owner, List<String> without) {
    int bodies = 0;
    for (var content : Json.resolved(DOCUMENT, owner).path("content").properties()) {
      if (content.getKey().endsWith("json")) {
        bodies++;
        if (!saysSomething(content.getValue().path("schema"))) {
          without.add(what + " as " + content.getKey());
        }
      }
    }
    return bodies;
  }

  private static boolean saysSomething(JsonNode schema) {
    JsonNode resolved = Json.resolved(DOCUMENT, schema);
    return switch (resolved.path("type").asText()) {
      case "object" ->
          !resolved.path("properties").isEmpty()
              || resolved.path("additionalProperties").isObject();
      case "array" -> saysSomething(resolved.path("items"));
      case "" -> !resolved.path("oneOf").isEmpty();
      default -> true;
    };
  }

  @Test
  void shouldSeeASchemaThatSaysNothing() {
    assertThat(
            List.of("{}", "{'type':'object'}", "{'type':'array'}", "{'type':'array','items':{}}"))
        .noneMatch(text -> saysSomething(schema(text)));
    assertThat(
            List.of(
                "{'$ref':'#/components/schemas/LegacyStream'}",
                "{'type':'object','additionalProperties':{'type':'string'}}",
                "{'type':'array','items':{'type':'string'}}"))
        .allMatch(text -> saysSomething(schema(text)));
  }

  private static JsonNode schema(String text) {
    try {
      return Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
