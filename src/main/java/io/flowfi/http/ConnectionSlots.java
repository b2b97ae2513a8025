package io.flowfi.http;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts open event streams against their limits, in total and per address. A slot taken is given
 * back exactly once, however often that is asked.
 */
public final class ConnectionSlots {
  private final ConnectionSettings limits;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final AtomicInteger peakPerAddress = new AtomicInteger();

  public ConnectionSlots(ConnectionSettings limits) {
    this.limits = limits;
  }

  /**
   * Takes a slot.
   *
   * @return gives it back
   * @throws ProblemException 503 if the server is full, 429 if the address has its share
   */
  Runnable take(String address) {
    if (open.incrementAndGet() > limits.total()) {
      open.decrementAndGet();
      throw ProblemException.later(503, "the server has all the event streams it can carry", 60);
    }
    int ofAddress = byAddress.merge(address, 1, Integer::sum);
    if (ofAddress > limits.perAddress()) {
      release(address);
      throw ProblemException.later(
          429,
          "this address has " + limits.perAddress() + " event streams open, the most it may have",
          60);
    }
    peakPerAddress.accumulateAndGet(ofAddress, Math::max);
    AtomicBoolean taken = new AtomicBoolean(true);
    return () -> {
      if (taken.compareAndSet(true, false)) {
        release(address);
      }
    };
  }

  private void release(String address) {
    open.decrementAndGet();
    byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  int open() {
    return open.get();
  }

  int addresses() {
    return byAddress.size();
  }

  int peakPerAddress() {
    return peakPerAddress.get();
  }

  int limit() {
    return limits.total();
  }
}
