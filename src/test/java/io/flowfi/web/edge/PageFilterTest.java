package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.output.LongAnswer;
import io.flowfi.sse.RawClient;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageFilterTest {
  private static final String CONTENT = "<title>as it was</title>ü";

  private EdgeServer server;

  @BeforeEach
  void start() throws Exception {
    server = new EdgeServer(new PageFilter());
    server.file("index.html", CONTENT);
    server.file("test-client.html", CONTENT);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private String tag() throws IOException {
    try (RawClient client = server.send("GET /test-client.html")) {
      assertThat(client.status()).isEqualTo(200);
      return client.headers().get("etag");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/index.html", "/test-client.html"})
  void shouldSendAPageThatIsCheckedEachTime(String path) throws IOException {
    try (RawClient client = server.send("GET " + path)) {
      assertThat(client.headers())
          .containsEntry("cache-control", "no-cache")
          .containsKey("etag")
          .doesNotContainKey("last-modified");
      assertThat(client.headers().get("content-type"))
          .isEqualToIgnoringCase("text/html;charset=utf-8");
      assertThat(client.rest()).isEqualTo(CONTENT);
    }
  }

  @Test
  void shouldSendItOnceOnlyAsLongAsItIsTheSame() throws IOException {
    String tag = tag();
    try (RawClient client = server.send("GET /test-client.html", "If-None-Match: " + tag)) {
      assertThat(client.status()).isEqualTo(304);
      assertThat(client.headers())
          .containsEntry("cache-control", "no-cache")
          .containsEntry("etag", tag);
      assertThat(client.rest()).isEmpty();
    }
  }

  /** An upgrade that changes neither length nor time. */
  @Test
  void shouldSendAnotherContentOfTheSameLength() throws Exception {
    String before = tag();
    String edited = CONTENT.replace("was", "IS!");
    assertThat(edited).hasSameSizeAs(CONTENT);
    server.close();
    server = new EdgeServer(new PageFilter());
    server.file("test-client.html", edited);
    try (RawClient client =
        server.send(
            "GET /test-client.html",
            "If-None-Match: " + before,
            "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT")) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.rest()).isEqualTo(edited);
    }
    assertThat(tag()).isNotEqualTo(before);
  }

  @Test
  void shouldKnowItsTagAmongOthersAndAsProxiesChangeIt() throws IOException {
    String strong = tag().substring("W/".length());
    String packed = strong.replaceFirst("\"$", "-gzip\"");
    for (String sent : new String[] {strong, packed, "\"a\", " + packed, "*"}) {
      assertThat(server.status("GET /test-client.html", "If-None-Match: " + sent))
          .as(sent)
          .isEqualTo(304);
    }
    assertThat(server.status("GET /test-client.html", "If-None-Match: \"a\"")).isEqualTo(200);
  }

  @Test
  void shouldTellTheLengthToWhoAsksForTheHead() throws IOException {
    try (RawClient client = server.send("HEAD /test-client.html")) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.headers())
          .containsEntry("content-length", Integer.toString(CONTENT.length() + 1));
      assertThat(client.rest()).isEmpty();
    }
  }

  /** A file that does not fit into the socket's buffer takes as long as the network needs. */
  @ParameterizedTest
  @CsvSource({"131071, 0", "131072, 1"})
  void shouldAskForPatienceWithALargeFile(int length, int times) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Filter impatient =
        (request, response, chain) -> {
          request.setAttribute(LongAnswer.ATTRIBUTE, (LongAnswer) asked::incrementAndGet);
          chain.doFilter(request, response);
        };
    server.close();
    server = new EdgeServer(impatient, new PageFilter());
    server.file("large.html", "x".repeat(length));
    try (RawClient client = server.send("GET /large.html")) {
      assertThat(client.rest()).hasSize(length);
    }
    assertThat(asked).hasValue(times);
  }

  /** The replaced service had its description there, below the base URL of its API. */
  @ParameterizedTest
  @CsvSource({
    "/api-docs, /docs/",
    "/api-docs/, /docs/",
    "/legacy/api-docs, /docs/",
    "/v1/api-docs.json, /openapi.json",
    "/legacy/v1/api-docs.json, /openapi.json"
  })
  void shouldLeadToTheDescriptionFromWhereItWas(String path, String now) throws IOException {
    for (String method : new String[] {"GET ", "HEAD "}) {
      try (RawClient client = server.send(method + path)) {
        assertThat(client.status()).isEqualTo(302);
        assertThat(client.headers().get("location")).isEqualTo(now);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/missing.html", "/shared", "/shared/", "/docs/x", "/v1/index.html"})
  void shouldLeaveToOthersWhatIsNoFileOfItsOwn(String path) throws IOException {
    try (RawClient client = server.send("GET " + path)) {
      assertThat(client.headers()).doesNotContainKey("etag");
      assertThat(client.rest()).as("the servlet behind it").startsWith("127.0.0.1|");
    }
  }
}
