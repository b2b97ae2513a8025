package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.HttpApi;
import io.flowfi.it.NodeProject;
import io.flowfi.it.TomcatServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.stellar.sdk.KeyPair;

/**
 * The published client against a real server, while everything happens that ends connections: each
 * event arrives once, in Node, and in a page by fetch, by EventSource and through a shared worker;
 * and the state that it keeps is the server's.
 *
 * <p>Each kind of trouble comes a few times; 100 times with {@code mvn -Pchaos verify}.
 */
class ClientChaosIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADMIN = KeyPair.random().getAccountId();

  /** Beyond a token's end the server tolerates that clocks differ. */
  private static final int TOLERATED_SECONDS = 30;

  private static final Duration COMEBACK = Duration.ofSeconds(60);

  /** What may happen, and how often it does in a normal run. */
  private enum Trouble {
    RESTART(1),
    KILL(1),
    CUT(4),
    CUT_INSIDE_A_FRAME(12),
    REFUSED_WHILE_DRAINING(2),
    TOKEN_ENDS_ON_A_STREAM(2),
    TOKEN_HAS_ENDED(2),
    EVENTS_COME_AGAIN(4);

    private final int usually;

    Trouble(int usually) {
      this.usually = usually;
    }
  }

  private enum NextToken {
    GOOD,
    SHORT,
    ENDED
  }

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(
          () ->
              TomcatServer.start(
                  Map.of("JWT_SECRET", TestTokens.SECRET, "ADMIN_PUBLIC_KEY", ADMIN)));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final AtomicReference<NextToken> next = new AtomicReference<>(NextToken.GOOD);
  private final ChaosProxy proxy = new ChaosProxy(server.port(), this::token);
  private final Random random = new Random(18);
  private final List<String> said = new CopyOnWriteArrayList<>();
  private Process node;

  @BeforeEach
  void follow() throws Exception {
    NodeProject.needNode("the client in it");
    node =
        new ProcessBuilder("node", "src/test/pages/chaos-follower.mjs", proxy.uri().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread reader =
        new Thread(
            () ->
                new BufferedReader(
                        new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .forEach(said::add));
    reader.setDaemon(true);
    reader.start();
    browser.open(proxy.uri().resolve("lib/package.json"));
    browser.run(
        """
        window.got = {};
        window.clients = [];
        return import('/lib/flowfi-events.js').then(({ FlowFiEvents }) => {
          const token = async ({ renew }) => (await fetch('/test-token?renew=' + renew)).text();
          for (const [name, how] of Object.entries(
              { fetch: { share: 'own' }, eventSource: { share: 'own', eventSource: true }, worker: { share: 'worker' } })) {
            got[name] = [];
            const client = new FlowFiEvents({ all: true, after: 0, maxWait: 300, token, ...how });
            client.on('event', ({ id }) => got[name].push(id));
            clients.push(client.open());
          }
        });
        """);
    await().atMost(COMEBACK).until(() -> proxy.streams() >= 5);
  }

  @AfterEach
  void end() {
    browser.run("window.clients?.forEach(client => client.close())");
    if (node != null) {
      node.destroyForcibly();
    }
    proxy.close();
  }

  /** For the next connection; a token that is renewed is good. */
  private String token(boolean renew) {
    int seconds =
        renew
            ? 3600
            : switch (next.get()) {
              case GOOD -> 3600;
              case SHORT -> 1 - TOLERATED_SECONDS;
              case ENDED -> -1 - TOLERATED_SECONDS;
            };
    return TestTokens.token(ADMIN, Instant.now().plusSeconds(seconds));
  }

  @Test
  void shouldLoseNothingAndRepeatNothingWhateverHappens() {
    int rounds = Integer.getInteger("flowfi.chaos.rounds", 0);
    List<Trouble> troubles = new ArrayList<>();
    for (Trouble trouble : Trouble.values()) {
      for (int i = 0; i < (rounds > 0 ? rounds : trouble.usually); i++) {
        troubles.add(trouble);
      }
    }
    java.util.Collections.shuffle(troubles, random);
    change(5);
    for (Trouble trouble : troubles) {
      happen(trouble);
      change(3);
      awaitAll(trouble);
    }
    assertThat(state()).isEqualTo(serversState());
  }

  private void happen(Trouble trouble) {
    switch (trouble) {
      case RESTART -> {
        server.stop();
        server.restart();
      }
      case KILL -> {
        server.kill();
        server.restart();
      }
      case CUT -> proxy.cutAfter(0);
      // a frame has some 500 bytes
      case CUT_INSIDE_A_FRAME -> proxy.cutAfter(1 + random.nextInt(1500));
      case REFUSED_WHILE_DRAINING -> {
        proxy.refuse(5);
        proxy.cutAfter(0);
      }
      case TOKEN_ENDS_ON_A_STREAM -> reconnectWith(NextToken.SHORT);
      case TOKEN_HAS_ENDED -> reconnectWith(NextToken.ENDED);
      case EVENTS_COME_AGAIN -> {
        proxy.rewind(5);
        proxy.cutAfter(0);
      }
    }
  }

  private void reconnectWith(NextToken kind) {
    next.set(kind);
    proxy.cutAfter(0);
    change(1);
    if (kind == NextToken.SHORT) {
      // all of them have it now, and all of them have ended and come back with a renewed one
      awaitAll(Trouble.CUT);
    }
    awaitAll(Trouble.CUT);
    next.set(NextToken.GOOD);
  }

  /** Creates streams, and changes them in all ways. */
  private void change(int streams) {
    for (int i = 0; i < streams; i++) {
      String id =
          post("v1/streams", HttpApi.newStream(ADMIN, OtherClient.newAccount()))
              .path("streamId")
              .asText();
      switch (random.nextInt(5)) {
        case 0 -> post("v1/streams/" + id + "/pause", HttpApi.object());
        case 1 -> {
          post("v1/streams/" + id + "/pause", HttpApi.object());
          post("v1/streams/" + id + "/resume", HttpApi.object());
        }
        case 2 -> post("v1/streams/" + id + "/top-up", HttpApi.object().put("amount", "12345"));
        case 3 -> post("v1/streams/" + id + "/cancel", HttpApi.object());
        default -> post("v1/streams/" + id + "/withdraw", HttpApi.object().put("amount", "7"));
      }
    }
  }

  private JsonNode post(String path, ObjectNode body) {
    HttpApi.Answer answer = server.api().post(path, body, "Authorization", "Bearer " + token(true));
    assertThat(answer.status()).as(answer.body()).isIn(200, 201);
    return answer.json();
  }

  private JsonNode get(String path) {
    return server.api().get(path, "Authorization", "Bearer " + token(true)).json();
  }

  private void awaitAll(Trouble after) {
    long head = get("v1/events?limit=1&order=desc").path("events").path(0).path("seq").asLong();
    List<Long> expected = LongStream.rangeClosed(1, head).boxed().toList();
    await("all events after " + after)
        .atMost(COMEBACK)
        .untilAsserted(
            () -> {
              assertThat(inNode()).as("Node").hasSameSizeAs(expected);
              for (String way : List.of("fetch", "eventSource", "worker")) {
                assertThat(browser.run("return got." + way + ".length")).as(way).isEqualTo(head);
              }
            });
    assertThat(inNode()).as("Node").isEqualTo(expected);
    for (String way : List.of("fetch", "eventSource", "worker")) {
      assertThat(browser.run("return got." + way)).as(way).isEqualTo(expected);
    }
  }

  private List<Long> inNode() {
    return said.stream().filter(line -> !line.startsWith("{")).map(Long::valueOf).toList();
  }

  /** The state that the client keeps, by stream; without what changes with every second. */
  private Map<String, JsonNode> state() {
    long head = inNode().size();
    AtomicReference<JsonNode> answer = new AtomicReference<>();
    await()
        .atMost(COMEBACK)
        .until(
            () -> {
              said.removeIf(line -> line.startsWith("{"));
              Writer input = node.outputWriter();
              input.write("state\n");
              input.flush();
              await().until(() -> said.stream().anyMatch(line -> line.startsWith("{")));
              String line = said.stream().filter(l -> l.startsWith("{")).findFirst().orElseThrow();
              answer.set(JSON.readTree(line));
              return answer.get().path("position").asLong() == head;
            });
    Map<String, JsonNode> streams = new TreeMap<>();
    answer.get().path("streams").forEach(s -> streams.put(s.path("streamId").asText(), s));
    return streams;
  }

  private Map<String, JsonNode> serversState() {
    Map<String, JsonNode> streams = new TreeMap<>();
    String cursor = "";
    do {
      JsonNode page = get("v1/streams?limit=100" + cursor);
      page.path("streams")
          .forEach(
              s ->
                  streams.put(
                      s.path("streamId").asText(), ((ObjectNode) s).without("claimableAmount")));
      cursor = "&cursor=" + page.path("nextCursor").asText();
      if (!page.path("hasMore").asBoolean()) {
        return streams;
      }
    } while (true);
  }
}
