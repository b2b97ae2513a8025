package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flowfi.auth.NodeProof;
import io.flowfi.cluster.NodeCalls.Answer;
import io.flowfi.cluster.NodeCalls.Answers;
import io.flowfi.cluster.NodeCalls.Missing;
import io.flowfi.cluster.NodeCalls.Question;
import io.flowfi.cluster.NodeStore.LiveNode;
import io.flowfi.cluster.NodeStore.Report;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to many other nodes, which are one real server, and what they may cost. */
@Timeout(60)
class NodeCallsTest {
  private static final Question QUESTION =
      new Question("GET", "/ask?scope=node", new byte[0], Optional.empty(), "request");

  /** What 64 nodes may say together, as a part for each. */
  private static final int PART = 1 << 20;

  private final LogSecret secret = LogSecret.random();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<LiveNode> nodes = new ArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  /** As many bytes as the node's path says, or nothing at all. */
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.incrementAndGet();
      String wanted = exchange.getRequestURI().getPath().split("/")[1];
      if (wanted.equals("hangs")) {
        closing.await();
        return;
      }
      int bytes = Integer.parseInt(wanted);
      exchange.sendResponseHeaders(200, bytes);
      exchange.getResponseBody().write(new byte[bytes]);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void node(String does) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + does);
    nodes.add(
        new LiveNode(
            new Report(
                "node" + nodes.size(),
                Optional.empty(),
                Optional.of(url),
                "1",
                0,
                1,
                LogPosition.BEGINNING),
            0,
            Duration.ZERO,
            Duration.ZERO));
  }

  private NodeCalls calls(LongSupplier clock) {
    return new NodeCalls(
        "itself", () -> nodes, new NodeProof(() -> secret.mac("test"), clock, "itself"));
  }

  private static Answers ask(NodeCalls calls) {
    return calls.ask(QUESTION, Set.of(200));
  }

  @Test
  void shouldAskNoMoreNodesThanItSays() {
    for (int i = 0; i < 66; i++) {
      node("10");
    }
    try (NodeCalls calls = calls(System::nanoTime)) {
      Answers all = ask(calls);
      assertThat(all.missing())
          .extracting(Missing::node, Missing::reason)
          .containsExactly(
              tuple("node64", "only 64 nodes are asked"),
              tuple("node65", "only 64 nodes are asked"));
      assertThat(all.answers()).hasSize(64);
      assertThat(asked).hasValue(64);
    }
  }

  /** All that they say is in memory at once. */
  @Test
  void shouldTakeNoLongerAnswerThanItsPartOfTheMemory() throws IOException {
    node(Integer.toString(PART + 1));
    node(Integer.toString(PART));
    while (nodes.size() < 64) {
      node("10");
    }
    try (NodeCalls calls = calls(System::nanoTime)) {
      Answers all = ask(calls);
      assertThat(all.missing())
          .containsExactly(new Missing("node0", Optional.empty(), "its answer is too large"));
      Answer longest = all.answers().get(0);
      assertThat(longest.node()).isEqualTo("node1");
      assertThat(longest.body().readAllBytes()).hasSize(PART);
    }
  }

  @Test
  void shouldTakeNoLongerAnswerOfTheOnlyOtherNodeEither() {
    node(Integer.toString((16 << 20) + 1));
    try (NodeCalls calls = calls(System::nanoTime)) {
      assertThat(ask(calls).missing())
          .containsExactly(new Missing("node0", Optional.empty(), "its answer is too large"));
    }
  }

  @Test
  void shouldWaitForAllThatHangTogetherAsLongAsForOne() {
    for (int i = 0; i < 5; i++) {
      node("hangs");
    }
    node("10");
    try (NodeCalls calls = calls(System::nanoTime)) {
      long begin = System.nanoTime();
      Answers all = ask(calls);
      // two seconds, where five after one another would take ten
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
      assertThat(all.answers()).extracting(Answer::node).containsExactly("node5");
      assertThat(all.missing())
          .hasSize(5)
          .allSatisfy(node -> assertThat(node.reason()).isEqualTo("no answer within 2 s"));
    }
  }

  /** The answers of each are in memory. */
  @Test
  void shouldHaveNoMoreThanTwoRequestsUnderWay() throws Exception {
    node("10");
    CountDownLatch rest = new CountDownLatch(1);
    AtomicInteger resting = new AtomicInteger();
    LongSupplier clock =
        () -> {
          if (resting.incrementAndGet() <= 2) {
            try {
              rest.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return System.nanoTime();
        };
    try (NodeCalls calls = calls(clock)) {
      List<CompletableFuture<Answers>> first = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        first.add(CompletableFuture.supplyAsync(() -> ask(calls), threads));
      }
      await().until(() -> resting.get() == 2);
      assertThat(ask(calls).missing())
          .containsExactly(
              new Missing(
                  "node0", Optional.empty(), "too many requests to other nodes are under way"));
      assertThat(asked).hasValue(0);
      rest.countDown();
      for (CompletableFuture<Answers> answer : first) {
        assertThat(answer.get(20, TimeUnit.SECONDS).answers()).hasSize(1);
      }
      assertThat(ask(calls).answers()).as("afterwards").hasSize(1);
    }
  }
}
