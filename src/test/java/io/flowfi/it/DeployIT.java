package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.TestTokens;
import io.flowfi.servers.Needed;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code docs/deploy} has for each proxy, run: events at once, over TLS and where there is one
 * over HTTP/2, the client's own address, places freed, a command of a page, and the closing word.
 * All proxies are there at the same time and their tests run side by side, because they mostly
 * wait.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeployIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  /** How long a stream is idle: {@code -Pproxies} says 70, longer than most time-outs. */
  private static final int IDLE_SECONDS = Integer.getInteger("flowfi.proxies.idle");

  /** Also {@code -Pproxies} says how often: as by default, or time-outs below it would not show. */
  private static final int HEARTBEAT_SECONDS = Integer.getInteger("flowfi.proxies.heartbeat");

  private static TomcatServer server;
  private static ExecutorService threads;
  private static final Map<DeployedProxy.Kind, Future<DeployedProxy>> PROXIES =
      new ConcurrentHashMap<>();
  private static final Map<DeployedProxy.Kind, Future<?>> JOURNEYS = new ConcurrentHashMap<>();

  @BeforeAll
  static void startThem() {
    server =
        TomcatServer.start(
            Map.of(
                "JWT_SECRET",
                TestTokens.SECRET,
                "ADMIN_PUBLIC_KEY",
                TestAddresses.account(1),
                "TRUSTED_PROXIES",
                "127.0.0.1",
                "SSE_HEARTBEAT_INTERVAL",
                HEARTBEAT_SECONDS + "s",
                "MAX_SSE_CONNECTIONS_PER_IP",
                "1",
                "MAX_SSE_CONNECTIONS_PER_USER",
                "100"));
    threads = Executors.newCachedThreadPool();
    for (DeployedProxy.Kind kind : DeployedProxy.Kind.values()) {
      if (kind.isInstalled()) {
        Future<DeployedProxy> proxy =
            threads.submit(() -> DeployedProxy.start(kind, server.port()));
        PROXIES.put(kind, proxy);
        JOURNEYS.put(
            kind,
            threads.submit(
                () -> {
                  new Journey(kind, proxy.get()).run();
                  return null;
                }));
      }
    }
  }

  @AfterAll
  static void stopThem() throws Exception {
    for (Future<DeployedProxy> proxy : PROXIES.values()) {
      try {
        proxy.get().close();
      } catch (ExecutionException reportedByItsTest) {
        continue;
      }
    }
    threads.shutdownNow();
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  @Order(1)
  void shouldPassOnAllThatClientsNeed(DeployedProxy.Kind kind) throws Exception {
    needInstalled(kind);
    JOURNEYS.get(kind).get(200, TimeUnit.SECONDS);
  }

  @Test
  @Order(2)
  void shouldPassOnTheClosingWord() throws Exception {
    Map<DeployedProxy.Kind, BackgroundCommand> followers = new ConcurrentHashMap<>();
    try {
      for (Map.Entry<DeployedProxy.Kind, Future<DeployedProxy>> proxy : PROXIES.entrySet()) {
        followers.put(
            proxy.getKey(),
            proxy
                .getValue()
                .get()
                .follow(address(proxy.getKey(), 3), "/v1/events/subscribe?all=true"));
      }
      followers.forEach((kind, follower) -> awaitLine(kind, follower, "\"connected\""));
      server.stop();
      followers.forEach(
          (kind, follower) -> awaitLine(kind, follower, "event: reconnect", "\"shutdown\""));
    } finally {
      followers.values().forEach(BackgroundCommand::close);
    }
  }

  private static void needInstalled(DeployedProxy.Kind kind) {
    Needed.need(kind.isInstalled(), kind.command() + " is not installed");
  }

  private static String address(DeployedProxy.Kind kind, int client) {
    return "127.0." + client + "." + (10 + kind.ordinal());
  }

  private static void awaitLine(
      DeployedProxy.Kind kind, BackgroundCommand follower, String... texts) {
    Awaitility.await(String.join(" and ", texts) + " through " + kind)
        .atMost(SOON)
        .untilAsserted(() -> assertThat(follower.output()).contains(texts));
  }

  /** What a client does behind one proxy. */
  private record Journey(DeployedProxy.Kind kind, DeployedProxy proxy) {
    private static final String SUBSCRIBE = "/v1/events/subscribe?all=true";

    void run() {
      String client = address(kind, 1);
      greeting();
      assertThat(proxy.curl(client, "-o", "/dev/null", "-w", "%{http_version}", "/health"))
          .as("version of HTTP")
          .isEqualTo(kind.speaksHttp2() ? "2" : "1.1");
      try (BackgroundCommand follower =
          proxy.follow(client, "-H", "X-Forwarded-For: 203.0.113.9", SUBSCRIBE)) {
        awaitLine(kind, follower, "\"connected\"");
        command(client);
        awaitLine(kind, follower, "\"reference\":\"" + kind + "\"");
        assertThat(status(client, "198.51.100.7"))
            .as("whatever it says, the same address")
            .isEqualTo("429");
        assertThat(status(address(kind, 2), "203.0.113.9")).as("another address").isEqualTo("200");
        idle(follower);
      }
      Awaitility.await("the place of a client that has left, through " + kind)
          .atMost(SOON.plusSeconds(4L * HEARTBEAT_SECONDS)) // some see it with the third heartbeat
          .pollInterval(Duration.ofMillis(500))
          .until(() -> status(client, "203.0.113.9").equals("200"));
    }

    /**
     * It comes by itself, and not only with what follows: that would be a heartbeat after a minute.
     */
    private void greeting() {
      try (BackgroundCommand follower =
          proxy.follow(address(kind, 4), SUBSCRIBE + "&heartbeat=60")) {
        awaitLine(kind, follower, "\"connected\"");
      }
    }

    private void command(String client) {
      String answer =
          proxy.curl(
              client,
              "--include",
              "--header",
              "Origin: https://events.example.com",
              "--header",
              "Content-Type: application/json",
              "--data",
              HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
                  .put("reference", kind.toString())
                  .toString(),
              "/v1/streams");
      assertThat(answer)
          .as("a command of a page")
          .containsPattern("^HTTP/\\S+ 201")
          .containsPattern(
              Pattern.compile(
                  "^location: /v1/streams/", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE))
          .containsPattern(
              Pattern.compile(
                  "^strict-transport-security: ", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE));
    }

    private String status(String client, String said) {
      return proxy.curl(
          client,
          "--max-time",
          "1.5",
          "-H",
          "X-Forwarded-For: " + said,
          "-o",
          "/dev/null",
          "-w",
          "%{http_code}",
          SUBSCRIBE);
    }

    private void idle(BackgroundCommand follower) {
      int seen = heartbeats(follower);
      // each comes up to a fifth later
      Awaitility.await("heartbeats for " + IDLE_SECONDS + " s through " + kind)
          .atMost(SOON.plusSeconds(2L * IDLE_SECONDS))
          .until(() -> heartbeats(follower) >= seen + IDLE_SECONDS / HEARTBEAT_SECONDS);
    }

    private static int heartbeats(BackgroundCommand follower) {
      return (int) follower.output().lines().filter("event: heartbeat"::equals).count();
    }
  }
}
