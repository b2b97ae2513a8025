package io.flowfi.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long requests wait for Redis: a moment each, and after an answer that did not come nobody for
 * a second. Any thread may use it.
 */
final class RedisPatience {
  /** What a request can spare. */
  static final Duration SHORT = Duration.ofMillis(50);

  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Duration most;
  private volatile long restUntil = System.nanoTime();

  /**
   * @param most how long a request waits
   */
  RedisPatience(Duration most) {
    this.most = most;
  }

  Duration most() {
    return most;
  }

  /** Empty if no answer comes in time. */
  <T> Optional<T> await(CompletableFuture<T> answer) {
    try {
      return Optional.of(answer.get(most.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException | ExecutionException e) {
      rest();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  /** Whether Redis has lately left a question without an answer. */
  boolean rests() {
    return System.nanoTime() - restUntil < 0;
  }

  void rest() {
    restUntil = System.nanoTime() + REST_NANOS;
  }
}
