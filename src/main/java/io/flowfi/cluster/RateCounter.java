package io.flowfi.cluster;

import io.flowfi.threads.DaemonThreads;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Asks Redis for tokens, and gives it a sign of life every second. Any thread may give it a
 * question.
 */
final class RateCounter extends RedisCounter<RedisRates, RateAsk> {
  /** Whether questions are taken. */
  private volatile boolean present;

  /** Nothing runs yet. */
  RateCounter(Supplier<RedisRates> opening) {
    super(new DaemonThreads("cluster-rates"), opening, "commands and failed logins", "each limit");
  }

  /**
   * Takes a question, which will get an answer, if only that there is none.
   *
   * @return false if Redis is away, or too many wait
   */
  boolean ask(RateAsk ask) {
    if (!present || !offer(ask)) {
      return false;
    }
    if (!present) {
      refuse(ask); // the thread may have looked through the queue before
    }
    return true;
  }

  @Override
  void serve(RedisRates redis) throws InterruptedException {
    redis.beat();
    long beaten = System.nanoTime();
    succeeded();
    present = true;
    while (goesOn()) {
      if (isDue(beaten)) {
        beaten = System.nanoTime();
        redis.beat();
      }
      RateAsk first = next();
      if (first != null) {
        answer(redis, batch(first));
      }
    }
  }

  private void answer(RedisRates redis, List<RateAsk> asks) {
    asks.removeIf(ask -> ask.answer().isDone()); // nobody waits any more: it would take for nobody
    try {
      long[] answers = redis.run(asks);
      for (int i = 0; i < answers.length; i++) {
        asks.get(i).answer().complete(OptionalLong.of(answers[i]));
      }
    } catch (RuntimeException | Error e) {
      asks.forEach(this::refuse);
      throw e;
    }
  }

  @Override
  void away() {
    present = false;
    refuseWaiting();
  }

  @Override
  void refuse(RateAsk ask) {
    ask.giveUp();
  }
}
