package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.flowfi.description.Documents;
import io.flowfi.indexer.ContractInMemory;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.it.TestAddresses;
import io.flowfi.payment.StreamId;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Scanner;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/**
 * Every status that the description has for an endpoint is a real answer of that endpoint: without
 * a request here that gets it, the test fails. Those that all endpoints have, such as 401, are the
 * other tests' part.
 */
@Timeout(120)
class DescribedStatusesTest {
  private static final Set<String> OF_ALL =
      Set.of(
          "400", "401", "403", "406", "408", "409", "413", "415", "429", "500", "503", "default");

  /** Answered by the container before the endpoint, in the tests of the container. */
  private static final Set<String> ELSEWHERE = Set.of("get /v1/events/subscribe 505");

  private static final String ALICE = SecuredServer.ALICE;
  private static final KeyPair WALLET = KeyPair.random();

  @TempDir static Path directory;
  private static ApiServer open;
  private static ApiServer secured;
  private static final ContractInMemory contract = new ContractInMemory();
  private static Reconciliation reconciliation;
  private static ApiServer following;

  private final Map<String, Callable<HttpResponse<String>>> requests = new TreeMap<>();

  @BeforeAll
  static void start() {
    open = new ApiServer(directory.resolve("open"), Map.of("RATE_LIMIT", "off"));
    contract.stream(new StreamId(1));
    reconciliation = contract.reconciliation();
    following =
        new ApiServer(directory.resolve("following"), Map.of(), new StubIndexer(), reconciliation);
    secured = SecuredServer.start(directory.resolve("secured"));
    // after the second in which an earlier process could have made a challenge
    secured.advance(Duration.ofSeconds(1));
  }

  @AfterAll
  static void stop() {
    open.close();
    following.close();
    reconciliation.close();
    secured.close();
  }

  private static Set<String> described() {
    Set<String> all = new TreeSet<>();
    for (var path : Documents.openApi().get("paths").properties()) {
      for (var method : path.getValue().properties()) {
        method
            .getValue()
            .get("responses")
            .fieldNames()
            .forEachRemaining(
                status -> {
                  if (!OF_ALL.contains(status)) {
                    all.add(method.getKey() + " " + path.getKey() + " " + status);
                  }
                });
      }
    }
    all.removeAll(ELSEWHERE);
    return all;
  }

  private static String stream() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("sender", ALICE)
        .put("recipient", SecuredServer.BOB)
        .put("tokenAddress", TestAddresses.contract(0))
        .put("ratePerSecond", "10")
        .put("depositedAmount", "1000000")
        .put("startTime", ApiServer.START.getEpochSecond() - 100)
        .toString();
  }

  private static HttpResponse<String> command(
      String verb, String body, boolean paused, String... headers) throws Exception {
    String path = open.post("/v1/streams", stream()).headers().firstValue("Location").orElseThrow();
    if (paused) {
      open.post(path + "/pause", "");
    }
    return open.post(path + "/" + verb, body, headers);
  }

  private void addStreams() {
    requests.put("post /v1/streams 201", () -> open.post("/v1/streams", stream()));
    requests.put(
        "post /v1/streams 412", () -> open.post("/v1/streams", stream(), "If-Match", "\"9\""));
    requests.put(
        "post /v1/streams 422",
        () -> {
          String[] key = {"Idempotency-Key", "create"};
          open.post("/v1/streams", stream(), key);
          return open.post("/v1/streams", stream().replace("1000000", "2000000"), key);
        });
    for (String verb : List.of("top-up", "withdraw", "pause", "resume", "cancel")) {
      String name = "post /v1/streams/{id}/" + verb + " ";
      String body = verb.equals("top-up") ? "{\"amount\":\"5\"}" : "{}";
      boolean paused = verb.equals("resume");
      requests.put(name + 200, () -> command(verb, body, paused));
      requests.put(name + 404, () -> open.post("/v1/streams/999999/" + verb, body));
      requests.put(name + 412, () -> command(verb, body, paused, "If-Match", "\"9\""));
      requests.put(
          name + 422,
          () -> {
            String[] key = {"Idempotency-Key", verb};
            command(verb, body, paused, key);
            return command(verb, body, paused, key); // of another stream
          });
    }
    for (String part : List.of("", "/claimable", "/events")) {
      String name = "get /v1/streams/{id}" + part + " ";
      requests.put(name + 200, () -> open.get("/v1/streams/1" + part));
      requests.put(name + 404, () -> open.get("/v1/streams/999999" + part));
    }
  }

  private void addReads() {
    for (String path :
        List.of(
            "/v1/events",
            "/v1/streams",
            "/v1/streams/summary/{address}",
            "/v1/users/{key}",
            "/v1/users/{key}/summary",
            "/v1/users/{key}/events",
            "/v1/events/stats",
            "/v1/auth/session",
            "/health",
            "/health/live",
            "/health/ready",
            "/health/started",
            "/metrics")) {
      requests.put("get " + path + " 200", () -> open.get(path.replaceAll("\\{[a-z]+}", ALICE)));
    }
    for (String path : List.of("/v1/events", "/v1/streams/{id}/events", "/v1/users/{key}/events")) {
      // a page that can no longer change
      String page = path.replace("{id}", "1").replace("{key}", ALICE) + "?before=1";
      requests.put("get " + path + " 304", () -> open.get(page, "If-None-Match", "*"));
    }
    requests.put(
        "get /v1/events/subscribe 200", () -> open.opened("/v1/events/subscribe?all=true"));
    requests.put(
        "post /v1/events/filters 200", () -> open.post("/v1/events/filters", "{\"all\":true}"));
  }

  private void addAdmin() {
    String connections = "/v1/admin/connections";
    requests.put("get /v1/admin/connections 200", () -> open.get(connections));
    String notices = "/v1/admin/notices";
    requests.put(
        "post /v1/admin/notices 200", () -> open.post(notices, "{\"message\":\"at noon\"}"));
    requests.put(
        "post /v1/admin/notices 404",
        () -> open.post(notices, "{\"message\":\"at noon\",\"clientId\":\"nobody\"}"));
    requests.put(
        "delete /v1/admin/connections/{id} 404",
        () -> open.send("DELETE", connections + "/none", null));
    requests.put(
        "delete /v1/admin/connections/{id} 204",
        () -> {
          try (Socket socket =
                  open.raw(
                      "GET /v1/events/subscribe?all=true HTTP/1.1\r\nHost: localhost\r\n\r\n");
              Scanner frames = new Scanner(socket.getInputStream(), StandardCharsets.UTF_8)) {
            frames.findWithinHorizon("\"clientId\":\"([^\"]+)", 0);
            String client = frames.match().group(1);
            return open.send("DELETE", connections + "/" + client, null);
          }
        });
    String drain = "/v1/admin/drain";
    requests.put("get " + drain + " 200", () -> open.get(drain));
    requests.put("post " + drain + " 202", () -> open.post(drain, "{\"seconds\":0}"));
    requests.put("delete " + drain + " 200", () -> open.send("DELETE", drain, null));
    String bundle = "/v1/admin/support-bundle";
    requests.put("get " + bundle + " 200", () -> open.get(bundle));
    String loggers = "/v1/admin/loggers";
    requests.put("get /v1/admin/loggers 200", () -> open.get(loggers));
    for (String[] name : new String[][] {{"/io.flowfi", "200"}, {"/none", "404"}}) {
      String path = loggers + name[0];
      String described = " " + loggers + "/{name} " + name[1];
      requests.put("get" + described, () -> open.get(path));
      requests.put(
          "put" + described,
          () -> open.send("PUT", path, "{\"level\":\"info\"}", "Content-Type", "application/json"));
      requests.put("delete" + described, () -> open.send("DELETE", path, null));
    }
    requests.put("get /v1/admin/metrics 200", () -> open.get("/v1/admin/metrics"));
    requests.put("get /v1/admin/stats 200", () -> open.get("/v1/admin/stats"));
    requests.put("get /v1/admin/stats/history 200", () -> open.get("/v1/admin/stats/history"));
    requests.put("get /v1/admin/stats/stream 200", () -> open.opened("/v1/admin/stats/stream"));
    addIndexer("get", "status", "", 200);
    addIndexer("get", "drift", "", 200);
    addIndexer("get", "quarantine", "", 200);
    requests.put("get /v1/admin/audit 200", () -> open.get("/v1/admin/audit"));
    String deliveries = "/v1/admin/audit/deliveries";
    requests.put("get " + deliveries + " 200", () -> open.get(deliveries + "?position=1"));
    requests.put("get " + deliveries + " 404", () -> open.get(deliveries + "?position=999999999"));
    requests.put("get /v1/admin/nodes 200", () -> open.get("/v1/admin/nodes"));
    addIndexer("post", "reconcile", "{\"streamId\":\"1\"}", 200);
    requests.put(
        "post /v1/admin/indexer/reconcile 202",
        () -> following.post("/v1/admin/indexer/reconcile", ""));
    String repair = "/v1/admin/indexer/reconcile/";
    requests.put("post " + repair + "{id} 200", () -> following.post(repair + 1, ""));
    requests.put("post " + repair + "{id} 404", () -> following.post(repair + 2, ""));
    addIndexer("post", "reset", "{\"ledger\":7}", 200);
    addIndexer("post", "replay", "?from_ledger=7", 202);
    addIndexer("delete", "replay", "", 200);
    addIndexer("post", "quarantine", StubIndexer.STOPPING, 200);
  }

  private void addIndexer(String method, String verb, String asked, int status) {
    String path = "/v1/admin/indexer/" + verb;
    requests.put(method + " " + path + " " + status, () -> ask(following, method, path, asked));
    requests.put(method + " " + path + " 404", () -> ask(open, method, path, asked));
  }

  private static HttpResponse<String> ask(
      ApiServer server, String method, String path, String asked) throws Exception {
    boolean query = asked.startsWith("?");
    return method.equals("post")
        ? server.post(query ? path + asked : path, query ? "" : asked)
        : server.send(method.toUpperCase(Locale.ROOT), path, null);
  }

  private void addUsers() {
    requests.put("get /v1/users/me 404", () -> open.get("/v1/users/me"));
    requests.put(
        "get /v1/users/me 200", () -> secured.get("/v1/users/me", SecuredServer.as(ALICE)));
    requests.put("post /v1/users 200", () -> open.post("/v1/users", publicKey(ALICE)));
    requests.put(
        "post /v1/users 201", () -> open.post("/v1/users", publicKey(TestAddresses.account(9))));
  }

  private void addLogins() {
    String ticket = "/v1/auth/ticket";
    requests.put("post /v1/auth/ticket 404", () -> open.post(ticket, ""));
    requests.put(
        "post /v1/auth/ticket 200", () -> secured.post(ticket, "", SecuredServer.as(ALICE)));
    String challenge = "/v1/auth?account=" + WALLET.getAccountId();
    requests.put("get /v1/auth 404", () -> open.get(challenge));
    requests.put("get /v1/auth 200", () -> secured.get(challenge));
    String key = publicKey(WALLET.getAccountId());
    requests.put("post /v1/auth/challenge 404", () -> open.post("/v1/auth/challenge", key));
    requests.put("post /v1/auth/challenge 200", () -> secured.post("/v1/auth/challenge", key));
    requests.put("post /v1/auth 404", () -> open.post("/v1/auth", "{\"transaction\":\"AAAA\"}"));
    requests.put(
        "post /v1/auth 200",
        () -> {
          String signed = SecuredServer.signed(secured.get(challenge).body(), WALLET);
          return secured.post("/v1/auth", "{\"transaction\":\"" + signed + "\"}");
        });
    String verify = "{\"signedTransaction\":\"%s\"," + key.substring(1);
    requests.put(
        "post /v1/auth/verify 404", () -> open.post("/v1/auth/verify", verify.formatted("AAAA")));
    requests.put(
        "post /v1/auth/verify 200",
        () -> {
          String signed = SecuredServer.signed(secured.get(challenge).body(), WALLET);
          return secured.post("/v1/auth/verify", verify.formatted(signed));
        });
    requests.put("delete /v1/auth 204", () -> open.send("DELETE", "/v1/auth", null));
  }

  /** The same requests, where their answers have another form. */
  private void addLegacy() {
    String page = "?before=1";
    String[] tagged = {"If-None-Match", "*"};
    for (String path :
        List.of(
            "/v1/events",
            "/v1/streams/{id}/events",
            "/v1/users/{key}/events",
            "/v1/streams",
            "/v1/streams/{id}",
            "/v1/users/{key}")) {
      String name = "get /legacy" + path + " ";
      String asked = "/legacy" + path.replace("{id}", "1").replace("{key}", ALICE);
      requests.put(name + 200, () -> open.get(asked));
      if (path.endsWith("/events")) {
        requests.put(name + 304, () -> open.get(asked + page, tagged));
      }
      if (path.contains("{id}")) {
        requests.put(name + 404, () -> open.get(asked.replace("/1", "/999999")));
      }
    }
    String me = "/legacy/v1/users/me";
    requests.put("get " + me + " 404", () -> open.get(me));
    requests.put("get " + me + " 200", () -> secured.get(me, SecuredServer.as(ALICE)));
    String users = "/legacy/v1/users";
    requests.put("post " + users + " 200", () -> open.post(users, publicKey(ALICE)));
    requests.put(
        "post " + users + " 201", () -> open.post(users, publicKey(TestAddresses.account(9))));
  }

  private static String publicKey(String key) {
    return "{\"publicKey\":\"" + key + "\"}";
  }

  @Test
  void shouldAnswerWithEveryStatusThatIsDescribed() throws Exception {
    addStreams();
    addReads();
    addAdmin();
    addUsers();
    addLogins();
    addLegacy();
    assertThat(requests.keySet())
        .as("the requests here, and the statuses in src/main/api/paths.yaml")
        .isEqualTo(described());
    open.create(ALICE);
    for (var request : requests.entrySet()) {
      HttpResponse<String> answer = request.getValue().call();
      assertThat(request.getKey()).as(answer.body()).endsWith(" " + answer.statusCode());
    }
  }
}
