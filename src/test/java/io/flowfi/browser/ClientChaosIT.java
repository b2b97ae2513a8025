package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.EventStream;
import io.flowfi.it.NodeProject;
import io.flowfi.it.TomcatServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.stellar.sdk.KeyPair;

/**
 * The published client against a real server, while everything happens that ends connections, and
 * to tabs: each event arrives once, in Node, in a page by fetch and by EventSource, and in several
 * tabs that share a connection, by a shared worker or by the tab that leads; and the state that it
 * keeps is the server's.
 *
 * <p>Each kind of trouble comes a few times; 100 times with {@code mvn -Pchaos verify}.
 */
class ClientChaosIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADMIN = KeyPair.random().getAccountId();

  /** Beyond a token's end the server tolerates that clocks differ. */
  private static final int TOLERATED_SECONDS = 30;

  /** Two in Node, two of the page, one of the tabs that share a worker, and one of the others. */
  private static final int STREAMS = 6;

  /** More events than the sockets of a client hold that reads nothing. */
  private static final int FILLED = 400;

  private static final Duration COMEBACK = Duration.ofSeconds(60);

  /** What may happen, and how often it does in a normal run. */
  private enum Trouble {
    /** A drain is one, too. */
    RESTART(0),
    KILL(1),
    CUT(4),
    CUT_INSIDE_A_FRAME(12),
    REFUSED_WHILE_DRAINING(2),
    TOKEN_ENDS_ON_A_STREAM(2),
    TOKEN_HAS_ENDED(2),
    EVENTS_COME_AGAIN(4),
    DRAIN(1),
    LEADER_IS_CLOSED(1),
    LEADER_IS_RELOADED(1),
    LEADER_CRASHES(1),
    LEADER_IS_FROZEN(1),
    LEADER_SLEEPS(1),
    FIRST_TAB_OF_THE_WORKER_IS_CLOSED(1),
    FIRST_TAB_OF_THE_WORKER_CRASHES(1),
    WORKER_ENDS(1);

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
                  Map.of(
                      "JWT_SECRET",
                      TestTokens.SECRET,
                      "ADMIN_PUBLIC_KEY",
                      ADMIN,
                      "DRAIN_DELAY",
                      "300ms",
                      "DRAIN_WINDOW",
                      "300ms")));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final AtomicReference<NextToken> next = new AtomicReference<>(NextToken.GOOD);
  private final ChaosProxy proxy = new ChaosProxy(server.port(), this::token);
  private final Random random = new Random(18);
  private final ChaosCommands commands =
      new ChaosCommands(server.api(), ADMIN, () -> token(true), random);
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final URI page = proxy.uri().resolve("lib/package.json");
  private final ChaosTabs leaders = new ChaosTabs(browser, page, "leader");
  private final ChaosTabs workers = new ChaosTabs(browser, page, "worker");
  private String mainTab;
  private Process node;

  @BeforeEach
  void follow() throws Exception {
    NodeProject.needNode("the client in it");
    IntStream.range(0, FILLED).parallel().forEach(i -> commands.create());
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
    browser.open(page);
    mainTab = browser.tab();
    browser.run(
        """
        window.got = {};
        window.clients = [];
        return import('/lib/flowfi-events.js').then(({ FlowFiEvents }) => {
          const token = async ({ renew }) => (await fetch('/test-token?renew=' + renew)).text();
          for (const [name, how] of Object.entries(
              { fetch: { share: 'own' }, eventSource: { share: 'own', eventSource: true } })) {
            got[name] = [];
            const client = new FlowFiEvents({ all: true, after: 0, maxWait: 300, token, ...how });
            client.on('event', ({ id }) => got[name].push(id));
            clients.push(client.open());
          }
        });
        """);
    for (ChaosTabs tabs : List.of(leaders, workers)) {
      for (String name : List.of("first", "second", "third")) {
        tabs.open(name);
      }
    }
    awaitAll("the start");
  }

  @AfterEach
  void end() {
    leaders.closeAll();
    workers.closeAll();
    browser.switchTo(mainTab);
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
    List<Trouble> troubles = troubles();
    commands.change(5);
    for (Trouble trouble : troubles) {
      happen(trouble);
      commands.change(3);
      awaitAll(trouble.name());
    }
    assertThat(state()).isEqualTo(commands.state());
  }

  private List<Trouble> troubles() {
    int rounds = Integer.getInteger("flowfi.chaos.rounds", 0);
    String chosen = System.getProperty("flowfi.chaos.trouble", ".*");
    List<Trouble> troubles =
        Stream.of(Trouble.values())
            .filter(trouble -> trouble.name().matches(chosen))
            .flatMap(
                trouble ->
                    Stream.generate(() -> trouble).limit(rounds > 0 ? rounds : trouble.usually))
            .collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(troubles, random);
    return troubles;
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
        proxy.refuse(STREAMS);
        proxy.cutAfter(0);
      }
      case TOKEN_ENDS_ON_A_STREAM -> reconnectWith(NextToken.SHORT);
      case TOKEN_HAS_ENDED -> reconnectWith(NextToken.ENDED);
      case EVENTS_COME_AGAIN -> {
        proxy.rewind(STREAMS);
        proxy.cutAfter(0);
      }
      case DRAIN -> drain();
      case LEADER_IS_CLOSED -> {
        String leader = leaders.leader();
        whileEventsCome(() -> leaders.close(leader));
        awaitAll(trouble.name());
        leaders.open(leader);
      }
      case LEADER_IS_RELOADED -> {
        String leader = leaders.leader();
        whileEventsCome(() -> leaders.reload(leader));
      }
      case LEADER_CRASHES -> {
        String leader = leaders.leader();
        whileEventsCome(() -> leaders.crash(leader));
        awaitAll(trouble.name());
        leaders.open(leader);
      }
      case LEADER_IS_FROZEN -> {
        String leader = leaders.leader();
        whileEventsCome(() -> leaders.freeze(leader));
        awaitAll(trouble.name());
        leaders.thaw(leader);
      }
      case LEADER_SLEEPS -> {
        String leader = leaders.leader();
        whileEventsCome(() -> leaders.fallAsleep(leader, ChaosProxy.ASLEEP));
        leaders.aMinutePasses();
        awaitAll(trouble.name());
        whileEventsCome(
            () -> {
              proxy.wake();
              leaders.isAwake(leader);
            });
      }
      case FIRST_TAB_OF_THE_WORKER_IS_CLOSED -> {
        String first = workers.reopenAll();
        whileEventsCome(() -> workers.close(first));
        awaitAll(trouble.name());
        workers.open(first);
      }
      case FIRST_TAB_OF_THE_WORKER_CRASHES -> {
        String first = workers.reopenAll();
        whileEventsCome(() -> workers.crash(first));
        awaitAll(trouble.name());
        workers.open(first);
      }
      case WORKER_ENDS ->
          whileEventsCome(() -> assertThat(browser.devTools().endWorkers()).isEqualTo(1));
    }
  }

  /**
   * The server drains: it is unready, sends its clients away, then refuses those who come back, and
   * ends. A client that reads nothing holds it for a while.
   */
  private void drain() {
    int before = proxy.serversRefusals();
    try (EventStream stalled =
        server
            .events()
            .header("Authorization", "Bearer " + token(true))
            .lastEventId("0")
            .receiveBuffer(2048)
            .paused()
            .open()) {
      await("a client that is noticed to read nothing")
          .atMost(COMEBACK)
          .until(() -> commands.get("v1/events/stats").path("slowClients").asInt(), n -> n > 0);
      CompletableFuture<Integer> end = CompletableFuture.supplyAsync(server::stop);
      await("a server that is unready").atMost(COMEBACK).until(commands::isUnready);
      commands.createWhileItServes(10);
      assertThat(end.join()).as("SIGTERM's").isEqualTo(143);
    }
    assertThat(proxy.serversRefusals()).as("clients that came back to it").isGreaterThan(before);
    server.restart();
  }

  /** Lets something happen at a random moment, to which events arrive. */
  private void whileEventsCome(Runnable what) {
    long moment = commands.created() + random.nextInt(4);
    CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> commands.change(3));
    await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> commands.created() >= moment || writing.isDone());
    if (random.nextBoolean()) {
      proxy.cutAfter(random.nextInt(1500));
    }
    what.run();
    writing.join();
  }

  private void reconnectWith(NextToken kind) {
    next.set(kind);
    proxy.cutAfter(0);
    commands.change(1);
    if (kind == NextToken.SHORT) {
      // all of them have it now, and all of them have ended and come back with a renewed one
      awaitAll("the first end");
    }
    awaitAll(kind.name());
    next.set(NextToken.GOOD);
  }

  /** Everybody has seen every event, once and in order; tabs that share have one connection. */
  private void awaitAll(String after) {
    long head = commands.head();
    List<Long> expected = LongStream.rangeClosed(1, head).boxed().toList();
    await("all events after " + after)
        .atMost(COMEBACK)
        .untilAsserted(
            () -> {
              assertThat(inNode()).as("Node").hasSameSizeAs(expected);
              browser.switchTo(mainTab);
              for (String way : List.of("fetch", "eventSource")) {
                assertThat(browser.run("return got." + way + ".length")).as(way).isEqualTo(head);
              }
              leaders.assertAllAreAt(head);
              workers.assertAllAreAt(head);
              // who sleeps has not noticed yet that it does not lead any more
              assertThat(proxy.streams())
                  .as("connections")
                  .isBetween(STREAMS, STREAMS + leaders.asleep());
            });
    assertThat(inNode()).as("Node").isEqualTo(expected);
    browser.switchTo(mainTab);
    for (String way : List.of("fetch", "eventSource")) {
      assertThat(browser.run("return got." + way)).as(way).isEqualTo(expected);
    }
    leaders.assertNothingWasWrong();
    workers.assertNothingWasWrong();
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
}
