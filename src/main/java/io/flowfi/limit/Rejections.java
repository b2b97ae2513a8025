package io.flowfi.limit;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** How often each limit has kept somebody away. Only a rejection counts, so others pay nothing. */
public final class Rejections {
  private final Map<String, LongAdder> counts = new LinkedHashMap<>();

  public Rejections() {
    for (String limit : new String[] {"requests", "connects", "commands", "auth_failures"}) {
      counts.put(limit, new LongAdder());
    }
    for (Slots.Limit limit : Slots.Limit.values()) {
      counts.put(word(limit), new LongAdder());
    }
  }

  private static String word(Slots.Limit limit) {
    return "connections_" + limit.name().toLowerCase(Locale.ROOT);
  }

  /** The same limiters, counted. */
  public Rates counting(Rates rates) {
    return new Rates(
        counting("requests", rates.requests()),
        counting("connects", rates.connects()),
        counting("commands", rates.commands()),
        countingGuesses(rates.authFailures()));
  }

  /** The limiter of failed logins, counted; others may count the same one for themselves. */
  public RateLimiter countingGuesses(RateLimiter authFailures) {
    return counting("auth_failures", authFailures);
  }

  private RateLimiter counting(String limit, RateLimiter limiter) {
    LongAdder count = counts.get(limit);
    return new RateLimiter() {
      @Override
      public int take(String key) {
        return counted(limiter.take(key));
      }

      @Override
      public int peek(String key) {
        return counted(limiter.peek(key));
      }

      private int counted(int wait) {
        if (wait > 0) {
          count.increment();
        }
        return wait;
      }
    };
  }

  /** The same slots, counted. */
  public Slots counting(Slots slots) {
    return new Slots() {
      @Override
      public Runnable take(String network, Optional<String> user) {
        try {
          return slots.take(network, user);
        } catch (NoSlotException full) {
          counts.get(word(full.limit())).increment();
          throw full;
        }
      }

      @Override
      public SlotCounts counts() {
        return slots.counts();
      }
    };
  }

  /** Since the start, by limit: those of {@link Rates}, and {@code connections_…} of the slots. */
  public Map<String, Long> byLimit() {
    Map<String, Long> byLimit = new LinkedHashMap<>();
    counts.forEach((limit, count) -> byLimit.put(limit, count.sum()));
    return byLimit;
  }
}
