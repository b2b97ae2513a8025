package io.flowfi.cluster;

import io.flowfi.auth.NodeProof;
import io.flowfi.cluster.NodeStore.LiveNode;
import io.flowfi.http.BoundedBody;
import io.flowfi.http.OutgoingHttp;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.payment.Address;
import io.flowfi.threads.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the other nodes of the log, all at once and for two seconds at most. A node that does not
 * answer is named, never left out in silence. Any thread may call.
 */
public final class NodeCalls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCalls.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /** Calls under way; each holds the answers of all nodes in memory. */
  private static final int MOST_AT_ONCE = 2;

  private static final int MOST_NODES = 64;
  private static final int MOST_BYTES = 64 << 20;
  private static final int LONGEST_ANSWER = 16 << 20;

  private final String self;
  private final Supplier<List<LiveNode>> live;
  private final NodeProof proof;
  private final Semaphore calls = new Semaphore(MOST_AT_ONCE);
  private final DaemonThreads threads = new DaemonThreads("cluster-calls");
  private final ExecutorService executor = Executors.newSingleThreadExecutor(threads);
  private final HttpClient client = OutgoingHttp.client(CONNECT, executor);

  NodeCalls(String self, Supplier<List<LiveNode>> live, NodeProof proof) {
    this.self = self;
    this.live = live;
    this.proof = proof;
  }

  /**
   * What every other node is asked.
   *
   * @param target path and query, behind the node's own URL
   * @param body JSON; empty for none
   * @param account of the administrator who wants it; empty in open mode
   * @param requestId of the administrator's request: it is found under this name on every node
   */
  public record Question(
      String method, String target, byte[] body, Optional<Address> account, String requestId) {
    /** Without the query, which is never logged. */
    String path() {
      return target.replaceFirst("[?].*", "");
    }
  }

  /** What a node answered. */
  public record Answer(String node, int status, InputStream body) {}

  /**
   * A node that did not answer.
   *
   * @param name what its operator calls it
   * @param reason in words for people
   */
  public record Missing(String node, Optional<String> name, String reason) {}

  /** What all of them answered. */
  public record Answers(List<Answer> answers, List<Missing> missing) {
    /** There is nobody else. */
    public static final Answers NONE = new Answers(List.of(), List.of());
  }

  /** Whether there are other nodes, and none has said where it can be reached. */
  public boolean lacksAddresses() {
    List<LiveNode> others = others();
    return !others.isEmpty() && others.stream().allMatch(node -> node.report().url().isEmpty());
  }

  private List<LiveNode> others() {
    return live.get().stream().filter(node -> !node.report().id().equals(self)).toList();
  }

  /**
   * Asks all other nodes.
   *
   * @param expected the statuses that are an answer; a node with another one is missing
   */
  public Answers ask(Question question, Set<Integer> expected) {
    List<LiveNode> nodes;
    try {
      nodes = others();
    } catch (LogUnavailableException e) {
      return new Answers(
          List.of(),
          List.of(new Missing("others", Optional.empty(), "the list of nodes cannot be read")));
    }
    boolean inTurn = false;
    try {
      inTurn = calls.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!inTurn) {
      String reason = "too many requests to other nodes are under way";
      return new Answers(List.of(), nodes.stream().map(node -> missing(node, reason)).toList());
    }
    try {
      return ask(question, expected, nodes);
    } finally {
      calls.release();
    }
  }

  private Answers ask(Question question, Set<Integer> expected, List<LiveNode> nodes) {
    Answers all = new Answers(new ArrayList<>(), new ArrayList<>());
    Map<LiveNode, CompletableFuture<HttpResponse<InputStream>>> asked = new LinkedHashMap<>();
    int longest = Math.min(LONGEST_ANSWER, MOST_BYTES / Math.max(1, nodes.size()));
    for (LiveNode node : nodes) {
      if (node.report().url().isEmpty()) {
        all.missing().add(missing(node, "it has no NODE_URL"));
      } else if (asked.size() == MOST_NODES) {
        all.missing().add(missing(node, "only " + MOST_NODES + " nodes are asked"));
      } else {
        asked.put(node, send(question, node, longest));
      }
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      asked.forEach((node, answer) -> collect(all, expected, node, answer, deadline));
    } finally {
      // ends the exchanges that are still under way
      asked.values().forEach(answer -> answer.cancel(true));
    }
    if (!all.missing().isEmpty()) {
      LOG.info("{} {}: not answered by {}", question.method(), question.path(), all.missing());
    }
    return all;
  }

  private static void collect(
      Answers all,
      Set<Integer> expected,
      LiveNode node,
      CompletableFuture<HttpResponse<InputStream>> answer,
      long deadline) {
    String reason;
    try {
      HttpResponse<InputStream> said =
          answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (expected.contains(said.statusCode())) {
        all.answers().add(new Answer(node.report().id(), said.statusCode(), said.body()));
        return;
      }
      reason = "it answered with status " + said.statusCode();
    } catch (TimeoutException e) {
      reason = "no answer within " + PATIENCE.toSeconds() + " s";
    } catch (ExecutionException e) {
      reason = reason(e.getCause());
    } catch (CancellationException e) {
      reason = "this node is stopping";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reason = "this node is stopping";
    }
    all.missing().add(missing(node, reason));
  }

  private static String reason(Throwable why) {
    if (why instanceof BoundedBody.TooLargeException) {
      return "its answer is too large";
    }
    return (why instanceof IOException ? "it cannot be reached: " : "it cannot be asked: ")
        + why.getClass().getSimpleName();
  }

  private static Missing missing(LiveNode node, String reason) {
    return new Missing(node.report().id(), node.report().name(), reason);
  }

  private CompletableFuture<HttpResponse<InputStream>> send(
      Question question, LiveNode node, int longest) {
    try {
      return client.sendAsync(request(question, node), head -> new BoundedBody(longest));
    } catch (RuntimeException e) {
      // one node that cannot be asked must not hide the others
      return CompletableFuture.failedFuture(e);
    }
  }

  private HttpRequest request(Question question, LiveNode node) {
    URI uri = URI.create(node.report().url().orElseThrow() + question.target());
    String query = uri.getRawQuery();
    String target = uri.getRawPath() + (query == null ? "" : "?" + query);
    NodeProof.Request proven = new NodeProof.Request(question.method(), target, question.body());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Accept", "application/json")
            .header("X-Request-ID", question.requestId())
            .header("Authorization", proof.of(proven, node.report().id(), question.account()));
    if (question.body().length == 0) {
      return request.method(question.method(), BodyPublishers.noBody()).build();
    }
    return request
        .header("Content-Type", "application/json")
        .method(question.method(), BodyPublishers.ofByteArray(question.body()))
        .build();
  }

  @Override
  public void close() {
    executor.shutdownNow();
    threads.awaitEnd();
  }
}
