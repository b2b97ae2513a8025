package io.flowfi.web.events;

import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.RateSettings;
import io.flowfi.web.wire.ProblemException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts open event streams against their limits, in total, per address and per user, and how fast
 * an address opens them. A slot taken is given back exactly once, however often that is asked. Any
 * thread may call.
 */
public final class ConnectionSlots {
  private static final int RETRY_SECONDS = 60;

  private final ConnectionSettings limits;
  private final Optional<RateLimiter> connects;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final Map<String, Integer> byUser = new ConcurrentHashMap<>();
  private final AtomicInteger peakPerAddress = new AtomicInteger();

  public ConnectionSlots(ConnectionSettings limits, RateSettings rates) {
    this.limits = limits;
    this.connects = rates.on() ? Optional.of(new RateLimiter(rates.connects())) : Optional.empty();
  }

  /**
   * Takes a slot.
   *
   * @param network the client's, see {@code ClientAddress.network()}
   * @param user the account the caller has proved to be
   * @return gives it back
   * @throws ProblemException 503 if the server is full, 429 if the address or the user has its
   *     share
   */
  public Runnable take(String network, Optional<String> user) {
    int wait = connects.map(limiter -> limiter.take(network)).orElse(0);
    if (wait > 0) {
      throw ProblemException.later(
          429, "this address opens event streams faster than it may", wait);
    }
    if (open.incrementAndGet() > limits.total()) {
      open.decrementAndGet();
      throw ProblemException.later(
          503, "the server has all the event streams it can carry", RETRY_SECONDS);
    }
    int ofAddress = byAddress.merge(network, 1, Integer::sum);
    if (ofAddress > limits.perAddress()) {
      release(network, Optional.empty());
      throw ProblemException.later(
          429,
          "this address has " + limits.perAddress() + " event streams open, the most it may have",
          RETRY_SECONDS);
    }
    if (user.isPresent() && byUser.merge(user.get(), 1, Integer::sum) > limits.perUser()) {
      release(network, user);
      throw ProblemException.later(
          429,
          "this user has " + limits.perUser() + " event streams open, the most one may have",
          RETRY_SECONDS);
    }
    peakPerAddress.accumulateAndGet(ofAddress, Math::max);
    return new Slot(network, user);
  }

  /** Gives itself back when it is run the first time. */
  private final class Slot implements Runnable {
    private final String network;
    private final Optional<String> user;
    private boolean released;

    Slot(String network, Optional<String> user) {
      this.network = network;
      this.user = user;
    }

    @Override
    public synchronized void run() {
      if (!released) {
        released = true;
        release(network, user);
      }
    }
  }

  private void release(String network, Optional<String> user) {
    open.decrementAndGet();
    byAddress.computeIfPresent(network, ConnectionSlots::oneLess);
    user.ifPresent(account -> byUser.computeIfPresent(account, ConnectionSlots::oneLess));
  }

  private static Integer oneLess(String key, int count) {
    return count == 1 ? null : count - 1;
  }

  public int open() {
    return open.get();
  }

  public int addresses() {
    return byAddress.size();
  }

  public int users() {
    return byUser.size();
  }

  int peakPerAddress() {
    return peakPerAddress.get();
  }

  int limit() {
    return limits.total();
  }
}
