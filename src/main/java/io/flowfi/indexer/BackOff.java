package io.flowfi.indexer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a node that failed is asked again: soon after its first failure, then after twice as long
 * each time. Jitter keeps several of our nodes from coming all at once. A longer wait that the node
 * asks for is obeyed. For one thread.
 */
final class BackOff {
  static final Duration FIRST = Duration.ofMillis(250);
  static final Duration LONGEST = Duration.ofSeconds(30);

  private final InstantSource clock;
  private final RandomGenerator random;
  private Duration pause = FIRST;
  private Instant due = Instant.MIN;

  /**
   * @param random for the jitter
   */
  BackOff(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  void succeeded() {
    pause = FIRST;
    due = Instant.MIN;
  }

  /**
   * @param asked how long the node asks us to wait
   */
  void failed(Optional<Duration> asked) {
    long half = pause.toMillis() / 2;
    Duration jittered = Duration.ofMillis(half + random.nextLong(half + 1));
    Duration wait = asked.filter(longer -> longer.compareTo(jittered) > 0).orElse(jittered);
    due = clock.instant().plus(wait);
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }

  /** When the node may be asked again; {@link Instant#MIN} if nothing stands against it. */
  Instant due() {
    return due;
  }

  boolean isDue() {
    return !clock.instant().isBefore(due);
  }
}
