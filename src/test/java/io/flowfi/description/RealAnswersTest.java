package io.flowfi.description;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What compares answers with the description sees each kind of difference. */
class RealAnswersTest {
  private static final String SUMMARY = "/v1/users/G/summary";
  private static final String GOOD =
      "{\"address\":\"G\",\"at\":1,\"asSender\":[],\"asRecipient\":[]}";

  private static HttpHeaders headers(String... more) {
    Map<String, List<String>> all = new HashMap<>();
    all.put("X-Request-ID", List.of("a1"));
    all.put("Content-Type", List.of("application/json;charset=UTF-8"));
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], List.of(more[i + 1]));
    }
    all.values().removeIf(value -> value.contains(""));
    return HttpHeaders.of(all, (name, value) -> true);
  }

  private static void assertRefused(
      String complaint, String path, int status, HttpHeaders headers, String body) {
    assertThatThrownBy(() -> RealAnswers.check("GET", path, status, headers, body))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void shouldAcceptWhatIsDescribed() {
    assertThatCode(() -> RealAnswers.check("GET", SUMMARY, 200, headers(), GOOD))
        .doesNotThrowAnyException();
    assertThatCode(() -> RealAnswers.check("GET", "/users/G/summary?_=1", 200, headers(), GOOD))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldSeeAStatusThatIsNotDescribed() {
    assertRefused("answered 410, which its description lacks", SUMMARY, 410, headers(), GOOD);
  }

  @Test
  void shouldSeeAHeaderThatIsMissingOrWrongOrNotDescribed() {
    assertRefused("X-Request-ID", SUMMARY, 200, headers("X-Request-ID", ""), GOOD);
    assertRefused("does not fit", SUMMARY, 200, headers("X-Request-ID", "a b"), GOOD);
    assertRefused("the header ETag", SUMMARY, 200, headers("ETag", "\"1\""), GOOD);
  }

  @Test
  void shouldSeeATypeThatIsNotDescribed() {
    assertRefused("as text/csv", SUMMARY, 200, headers("Content-Type", "text/csv"), GOOD);
  }

  @Test
  void shouldSeeABodyThatDoesNotFit() {
    for (String bad :
        List.of(
            GOOD.replace("\"at\":1", "\"at\":\"1\""),
            GOOD.replace("\"at\":1,", ""),
            GOOD.replace("\"at\":1", "\"at\":1,\"extra\":2"))) {
      assertRefused("does not fit", SUMMARY, 200, headers(), bad);
    }
  }

  @Test
  void shouldSeeABodyUnderTheOldBaseUrlThatDoesNotFit() {
    String good =
        "{\"events\":[{\"id\":\"1\",\"streamId\":null,\"eventType\":\"RENAMED\",\"amount\":null,"
            + "\"transactionHash\":null,\"ledgerSequence\":null,\"timestamp\":1,"
            + "\"metadata\":\"{}\",\"createdAt\":\"2026-01-01T00:00:00Z\"}],"
            + "\"total\":1,\"limit\":50,\"offset\":0,\"hasMore\":false,\"nextCursor\":null}";
    for (String path : List.of("/legacy/v1/events", "/legacy/events", "/legacy/users/G/events")) {
      assertThatCode(() -> RealAnswers.check("GET", path, 200, headers(), good))
          .doesNotThrowAnyException();
      for (String bad :
          List.of(
              good.replace("\"limit\":50,", ""),
              good.replace("\"amount\":null", "\"amount\":5"),
              good.replace("RENAMED", "PAUSED"), // without what its payload has
              "{\"events\":[]}")) {
        assertRefused("does not fit", path, 200, headers(), bad);
      }
    }
    String same = "/legacy" + SUMMARY;
    assertThatCode(() -> RealAnswers.check("GET", same, 200, headers(), GOOD))
        .doesNotThrowAnyException();
    assertRefused("does not fit", same, 200, headers(), GOOD.replace("\"at\":1,", ""));
  }

  @Test
  void shouldSeeAnAnswerOfAPathThatIsNotDescribed() {
    for (String path : List.of("/v1/payments", "/legacy/v1/payments", "/health/other")) {
      assertRefused("no path of the description has", path, 200, headers(), "{}");
    }
    HttpHeaders page = headers("Content-Type", "text/html");
    assertThatCode(() -> RealAnswers.check("GET", "/admin/", 200, page, "<html>"))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldSeeALineThatDoesNotFit() {
    HttpHeaders lines = headers("Content-Type", "application/x-ndjson");
    String good = "{\"seq\":1,\"type\":\"stream.renamed\",\"timestamp\":1,\"data\":{}}\n";
    assertThatCode(() -> RealAnswers.check("GET", "/v1/events", 200, lines, good + good))
        .doesNotThrowAnyException();
    assertRefused("does not fit", "/v1/events", 200, lines, good + good.replace("seq", "no"));
  }

  @Test
  void shouldSeeABlockThatDoesNotFit() {
    assertThatCode(() -> RealAnswers.checkBlock("heartbeat", "5.k3f9", null, "{\"head\":5}"))
        .doesNotThrowAnyException();
    assertThatCode(() -> RealAnswers.checkBlock("stream.renamed", "5.k3f9", null, "{}"))
        .doesNotThrowAnyException();
    for (String[] bad :
        new String[][] {
          {"heartbeat", "5.k3f9", "{\"head\":\"5\"}"},
          {"heartbeat", "5", "{\"head\":5}"},
          {"heartbeat", "x", "{\"head\":5}"},
          {"snapshot_end", null, "{\"head\":5}"},
          {"stream.created", "5.k3f9", "{}"},
          {"reset", "5.k3f9", "{\"reason\":\"tired\",\"oldest\":1,\"head\":5}"},
          {"hello", "5.k3f9", "{}"}
        }) {
      assertThatThrownBy(() -> RealAnswers.checkBlock(bad[0], bad[1], null, bad[2]))
          .as(bad[0] + " " + bad[2])
          .isInstanceOf(AssertionError.class);
    }
  }
}
