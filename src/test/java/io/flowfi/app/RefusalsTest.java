package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each way of refusing a request is in the audit log, by the filters as they are deployed. */
@Timeout(120)
class RefusalsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ALICE = TestAddresses.account(1);
  private static final String ADMIN = TestAddresses.account(4);

  @TempDir Path base;

  /** Whose line is whose: each case comes from an address of its own. */
  private final Map<String, String> cases = new LinkedHashMap<>();

  private static String bearer() {
    return bearer(ALICE);
  }

  private static String bearer(String account) {
    return "Authorization: Bearer "
        + TestTokens.hs256(
            TestTokens.SECRET, TestTokens.claims(account, Instant.now().plusSeconds(3600)).build());
  }

  private RawClient open(
      DeployedServer server, String address, String requestLine, String body, String... headers)
      throws IOException {
    List<String> sent = new ArrayList<>(List.of(headers));
    sent.add("X-Forwarded-For: " + address);
    if (Stream.of(headers).noneMatch(header -> header.startsWith("Host:"))) {
      sent.add("Host: localhost");
    }
    return server.send(requestLine, body, sent.toArray(String[]::new));
  }

  /** Sends a request from an address of its own, which names the case. */
  private void ask(
      DeployedServer server,
      String name,
      int status,
      String requestLine,
      String body,
      String... headers)
      throws IOException {
    String address = "203.0.113." + (cases.size() + 1);
    cases.put(address, name);
    try (RawClient client = open(server, address, requestLine, body, headers)) {
      assertThat(client.status()).as(name).isEqualTo(status);
    }
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(DeployedServer.data(base).resolve("audit"))) {
      for (Path file : files.sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          lines.add(JSON.readTree(line));
        }
      }
    }
    return lines;
  }

  /** Name of the case, kind and status of each line. */
  private List<String> recorded() throws IOException {
    return lines().stream()
        .filter(line -> cases.containsKey(line.path("address").asText()))
        .map(
            line ->
                cases.get(line.path("address").asText())
                    + ": "
                    + line.path("kind").asText()
                    + " "
                    + line.path("status").asInt()
                    + (line.path("sandbox").asBoolean() ? " sandbox" : ""))
        .toList();
  }

  @Test
  void shouldRecordWhatAFilterRefuses() throws Exception {
    Map<String, String> variables =
        Map.of("JWT_SECRET", TestTokens.SECRET, "TRUSTED_PROXIES", "127.0.0.1", "SANDBOX", "on");
    try (DeployedServer server = new DeployedServer(base, variables)) {
      String large = "x".repeat(17 * 1024);
      ask(server, "large body", 413, "POST /v1/streams", large, bearer());
      ask(server, "encoded body", 415, "POST /v1/streams", "x", bearer(), "Content-Encoding: gzip");
      ask(
          server,
          "large body for the sandbox",
          413,
          "POST /v1/streams",
          large,
          bearer(),
          "X-Sandbox-Mode: true");
      ask(server, "which ledger", 400, "GET /v1/streams?sandbox=perhaps", "", bearer());
      ask(
          server,
          "preflight",
          403,
          "OPTIONS /v1/streams",
          "",
          "Origin: https://foreign.example",
          "Access-Control-Request-Method: POST");
      ask(
          server,
          "foreign page",
          403,
          "POST /v1/streams",
          "{}",
          bearer(),
          "Origin: https://foreign.example");
      ask(server, "page", 405, "POST /admin/", "{}", bearer());
      ask(server, "path", 400, "GET /v1/streams}", "", bearer());
    }
    assertThat(recorded())
        .containsExactly(
            "large body: refused 413",
            "encoded body: refused 415",
            "large body for the sandbox: refused 413 sandbox",
            "which ledger: refused 400",
            "preflight: refused 403",
            "foreign page: refused 403",
            "page: refused 405",
            "path: refused 400");
  }

  @Test
  void shouldRecordWhatARateRefuses() throws Exception {
    Map<String, String> variables =
        Map.of(
            "JWT_SECRET",
            TestTokens.SECRET,
            "ADMIN_PUBLIC_KEY",
            ADMIN,
            "TRUSTED_PROXIES",
            "127.0.0.1",
            "RATE_LIMIT_REQUESTS",
            "3",
            "RATE_LIMIT_COMMANDS",
            "1",
            "RATE_LIMIT_AUTH_FAILURES",
            "1",
            "SANDBOX",
            "on");
    try (DeployedServer server = new DeployedServer(base, variables)) {
      for (int i = 0; i < 10; i++) {
        try (RawClient client = open(server, "203.0.113.1", "GET /health/live", "")) {
          assertThat(client.status()).isEqualTo(i < 3 ? 200 : 429);
        }
      }
      cases.put("203.0.113.1", "requests");
      String wrong = "Authorization: Bearer nonsense";
      try (RawClient client = open(server, "203.0.113.2", "POST /v1/streams", "{}", wrong)) {
        assertThat(client.status()).isEqualTo(401);
      }
      ask(server, "failed logins", 429, "GET /v1/streams", "", bearer());
      try (RawClient client = open(server, "203.0.113.99", "POST /v1/streams", "{}", bearer())) {
        assertThat(client.status()).isEqualTo(400);
      }
      ask(server, "commands", 429, "POST /v1/streams", "{}", bearer());
      // what is used up of one ledger is not of the other
      for (int i = 0; i < 4; i++) {
        String path = "GET /health/live?sandbox=true";
        try (RawClient client = open(server, "203.0.113.1", path, "")) {
          assertThat(client.status()).isEqualTo(i < 3 ? 200 : 429);
        }
      }
      for (int i = 0; i < 2; i++) {
        String path = "POST /v1/streams?sandbox=true";
        try (RawClient client = open(server, "203.0.113.97", path, "{}", bearer())) {
          assertThat(client.status()).isEqualTo(i < 1 ? 400 : 429);
        }
      }
      try (RawClient client =
          open(server, "203.0.113.98", "GET /metrics", "", bearer(ADMIN), "Connection: close")) {
        assertThat(client.rest())
            .contains(
                "flowfi_limit_rejections_total{limit=\"requests\"} 7.0\n",
                "flowfi_limit_rejections_total{limit=\"auth_failures\"} 1.0\n",
                "flowfi_limit_rejections_total{limit=\"commands\"} 1.0\n",
                "flowfi_limit_rejections_total{limit=\"connects\"} 0.0\n",
                "flowfi_sandbox_limit_rejections_total{limit=\"requests\"} 1.0\n",
                "flowfi_sandbox_limit_rejections_total{limit=\"commands\"} 1.0\n");
      }
    }
    assertThat(recorded())
        .containsExactly(
            "requests: refused 429",
            "requests: refused 429",
            "requests: refused 429",
            "requests: refused 429",
            "requests: refused 429",
            "failed logins: command 401",
            "failed logins: refused 429",
            "commands: refused 429",
            "requests: refused 429 sandbox");
    JsonNode last = lines().get(lines().size() - 1);
    assertThat(last.path("kind").asText())
        .as("how many were left out is recorded at the end at the latest")
        .isEqualTo("refused_more");
    assertThat(last.path("requests").asInt()).isEqualTo(2);
  }

  /** Why a client is not told of its payments must be found in the record. */
  @Test
  void shouldRecordWhyAReaderIsRefused() throws Exception {
    Map<String, String> variables =
        Map.of(
            "JWT_SECRET",
            TestTokens.SECRET,
            "TRUSTED_PROXIES",
            "127.0.0.1",
            "MAX_SSE_CONNECTIONS_PER_USER",
            "1");
    String wrong = "Authorization: Bearer nonsense";
    String subscribe = "GET /v1/events/subscribe";
    String all = "GET /events/subscribe?all=true";
    try (DeployedServer server = new DeployedServer(base, variables);
        RawClient first = open(server, "198.51.100.1", all, "", bearer())) {
      assertThat(first.status()).isEqualTo(200);
      ask(server, "second stream", 429, subscribe + "?all=true", "", bearer());
      ask(server, "no filter", 400, subscribe, "", bearer());
      ask(server, "bad position", 400, all + "&lastEventId=x", "", bearer());
      ask(server, "another account", 409, all + "&account=G", "", bearer());
      ask(server, "no credentials", 401, subscribe + "?all=true", "");
      ask(server, "bad token", 401, all, "", wrong);
      ask(server, "bad token for a list", 401, "GET /v1/streams", "", wrong);
      ask(server, "admins only, unknown", 401, "GET /v1/admin/nodes", "", wrong);
      ask(server, "admins only", 403, "GET /v1/admin/nodes", "", bearer());
      ask(server, "not found", 404, "GET /v1/streams/7", "", bearer());
      ask(server, "bad page", 400, "GET /v1/streams?limit=x", "", bearer());
      ask(server, "fine", 200, "GET /v1/streams", "", bearer());
    }
    assertThat(recorded())
        .containsExactly(
            "second stream: refused 429",
            "no filter: refused 400",
            "bad position: refused 400",
            "another account: refused 409",
            "no credentials: refused 401",
            "bad token: refused 401",
            "bad token for a list: refused 401",
            "admins only, unknown: refused 401",
            "admins only: command 403");
    assertThat(lines())
        .filteredOn(line -> line.path("status").asInt() == 429)
        .extracting(line -> line.path("account").asText(), line -> line.path("path").asText())
        .containsExactly(tuple(ALICE, "/v1/events/subscribe"));
  }

  @Test
  void shouldRecordWhatOpenModeRefuses() throws Exception {
    try (DeployedServer server = new DeployedServer(base, Map.of())) {
      try (RawClient client =
          server.send("GET /v1/streams", "", "Host: localhost", "X-Forwarded-For: 203.0.113.1")) {
        assertThat(client.status()).isEqualTo(403);
      }
      try (RawClient client = server.send("GET /v1/streams", "", "Host: localhost")) {
        assertThat(client.status()).isEqualTo(200);
      }
    }
    assertThat(lines())
        .extracting(line -> line.path("kind").asText(), line -> line.path("status").asInt())
        .containsExactly(tuple("refused", 403));
  }
}
