package io.flowfi.it;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Writes to random nodes: streams of its own, and top-ups of streams that others top up too. It
 * repeats each command under its key until a node answers it, so it knows of every command that it
 * took effect, once.
 */
final class ClusterWriter implements Runnable {
  /**
   * An answered command.
   *
   * @param mark the reference of a new stream, the amount of a top-up
   * @param version of the stream, by the answer
   * @param began when it was first sent, as {@link System#nanoTime} says
   * @param answered when it was answered
   */
  record Done(String stream, String mark, long version, long began, long answered) {}

  /** Tomcat's waits are by the time of day: when that is set ahead they end. */
  private static final int TOO_SLOW = 408;

  private final List<HttpApi> nodes;
  private final ClusterHistory history;
  private final List<String> shared;
  private final Semaphore pace;
  private final CountDownLatch end;
  private final SplittableRandom random;
  private final int number;

  /**
   * @param pace one permit for each command
   * @param end no new commands after this
   */
  ClusterWriter(
      int number,
      List<HttpApi> nodes,
      ClusterHistory history,
      List<String> shared,
      Semaphore pace,
      CountDownLatch end,
      SplittableRandom random) {
    this.number = number;
    this.nodes = nodes;
    this.history = history;
    this.shared = shared;
    this.pace = pace;
    this.end = end;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      String own = create("w" + number + "-0");
      for (long i = 1; end.getCount() > 0; i++) {
        if (!pace.tryAcquire(100, TimeUnit.MILLISECONDS)) {
          continue;
        }
        if (random.nextInt(10) == 0) {
          own = create("w" + number + "-" + i);
        } else {
          String stream = random.nextBoolean() ? own : shared.get(random.nextInt(shared.size()));
          // an amount that nobody else uses
          command(stream, Long.toString(number + 1000 * i));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Creates a stream and returns its id. */
  String create(String reference) throws InterruptedException {
    String body =
        HttpApi.newStream(TestAddresses.account(number), TestAddresses.account(99))
            .put("reference", reference)
            .toString();
    return untilAnswered("v1/streams", body, 201, reference);
  }

  private void command(String stream, String amount) throws InterruptedException {
    String body = HttpApi.object().put("amount", amount).toString();
    untilAnswered("v1/streams/" + stream + "/top-up", body, 200, amount);
  }

  private String untilAnswered(String path, String body, int status, String mark)
      throws InterruptedException {
    String key = "key-" + mark;
    long began = System.nanoTime();
    while (true) {
      try {
        HttpApi.Answer answer =
            nodes.get(random.nextInt(nodes.size())).post(path, body, "Idempotency-Key", key);
        if (answer.status() == status) {
          String stream = answer.json().path("streamId").asText();
          long version = answer.json().path("version").asLong();
          history.add(new Done(stream, mark, version, began, System.nanoTime()));
          return stream;
        }
        if (answer.status() < 500 && answer.status() != TOO_SLOW) {
          throw new AssertionError(path + " " + body + ": " + answer.status() + answer.body());
        }
      } catch (UncheckedIOException noAnswer) {
        // whether it took effect the next attempt will tell
      }
      end.await(20 + random.nextInt(80), TimeUnit.MILLISECONDS); // some time for the node
    }
  }
}
