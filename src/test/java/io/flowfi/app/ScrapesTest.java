package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A scraper that comes again is answered by a filter, with what the resource had answered; by the
 * filters as they are deployed.
 */
@Timeout(120)
class ScrapesTest {
  private static final String ADMIN = TestAddresses.account(4);
  private static final String OPEN_METRICS = "Accept: application/openmetrics-text;version=1.0.0";

  @TempDir static Path base;
  private static DeployedServer server;

  /** Of one scrape, without what differs in each: its id and its time. */
  private record Answer(int status, Map<String, String> headers, String body) {
    /** The lines without their values, which may have changed. */
    List<String> names() {
      return body.lines()
          .map(line -> line.startsWith("#") ? line : line.replaceFirst(" \\S+$", ""))
          .filter(line -> !line.contains("jvm_") && !line.contains("process_"))
          .toList();
    }
  }

  @BeforeAll
  static void start() throws Exception {
    server =
        new DeployedServer(
            base,
            Map.of(
                "JWT_SECRET",
                TestTokens.SECRET,
                "ADMIN_PUBLIC_KEY",
                ADMIN,
                "TRUSTED_PROXIES",
                "127.0.0.1",
                "SANDBOX",
                "on"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String bearer(String account, Instant expires) {
    return "Authorization: Bearer "
        + TestTokens.hs256(TestTokens.SECRET, TestTokens.claims(account, expires).build());
  }

  private static Answer ask(String requestLine, String address, String... headers)
      throws IOException {
    String[] all =
        Stream.concat(
                Stream.of(headers),
                Stream.of("Host: localhost", "X-Forwarded-For: " + address, "Connection: close"))
            .toArray(String[]::new);
    try (RawClient client = server.send(requestLine, "", all)) {
      Map<String, String> kept = new TreeMap<>(client.headers());
      kept.keySet().removeAll(List.of("x-request-id", "date", "content-length"));
      return new Answer(client.status(), kept, client.rest());
    }
  }

  @Test
  void shouldAnswerTheNextScrapesAsTheFirst() throws Exception {
    String bearer = bearer(ADMIN, Instant.now().plusSeconds(3600));
    for (String path : List.of("/metrics", "/v1/metrics")) {
      Answer first = ask("GET " + path, "203.0.113.1", bearer);
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.headers()).containsEntry("cache-control", "no-store");
      Answer next = ask("GET " + path, "203.0.113.1", bearer);
      assertThat(next.headers()).isEqualTo(first.headers());
      assertThat(next.names()).isEqualTo(first.names());
      Answer open = ask("GET " + path, "203.0.113.2", bearer, OPEN_METRICS);
      Answer openAgain = ask("GET " + path, "203.0.113.2", bearer, OPEN_METRICS);
      assertThat(open.headers().get("content-type")).startsWith("application/openmetrics-text");
      assertThat(openAgain.headers()).isEqualTo(open.headers());
      assertThat(openAgain.names()).isEqualTo(open.names());
      assertThat(openAgain.body()).endsWith("# EOF\n");
    }
  }

  /** Otherwise the first scrape of an administrator would open the figures to everybody. */
  @Test
  void shouldKnowNobodyButWhoWasAnswered() throws Exception {
    String address = "203.0.113.3";
    String bearer = bearer(ADMIN, Instant.now().plusSeconds(3600));
    for (int i = 0; i < 2; i++) {
      assertThat(ask("GET /metrics", address, bearer).status()).isEqualTo(200);
      assertThat(ask("GET /metrics", address).status()).isEqualTo(401);
      String other = bearer(TestAddresses.account(1), Instant.now().plusSeconds(3600));
      assertThat(ask("GET /metrics", address, other).status()).isEqualTo(403);
      String ended = bearer(ADMIN, Instant.now().minusSeconds(3600));
      assertThat(ask("GET /metrics", address, ended).status()).isEqualTo(401);
      assertThat(ask("POST /metrics", address, bearer).status()).isEqualTo(405);
      assertThat(ask("HEAD /metrics", address, bearer).body()).isEmpty();
      Answer sandbox = ask("GET /metrics?sandbox=true", address, bearer);
      assertThat(sandbox.headers()).containsEntry("x-sandbox-mode", "true");
    }
  }

  /** Once a minute, as of everything that administrators read. */
  @Test
  void shouldWriteWhoScrapesOnce() throws Exception {
    String bearer = bearer(ADMIN, Instant.now().plusSeconds(3600));
    for (int i = 0; i < 5; i++) {
      assertThat(ask("GET /metrics", "203.0.113.7", bearer).status()).isEqualTo(200);
    }
    assertThat(ask("GET /metrics", "203.0.113.8", bearer).status()).isEqualTo(200);
    await().untilAsserted(() -> assertThat(lines("203.0.113.8")).hasSize(1));
    assertThat(lines("203.0.113.7")).hasSize(1);
    ask("GET /metrics?sandbox=true", "203.0.113.7", bearer);
    await()
        .untilAsserted(
            () ->
                assertThat(lines("203.0.113.7"))
                    .as("in the sandbox it is another reader")
                    .hasSize(2));
  }

  private static List<String> lines(String address) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(DeployedServer.data(base).resolve("audit"))) {
      for (Path file : files.toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    lines.removeIf(line -> !line.contains('"' + address + '"') || !line.contains("/metrics"));
    return lines;
  }
}
