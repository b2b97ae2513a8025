package io.flowfi.limit;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts in the memory of this node. */
public final class LocalSlots implements Slots {
  private final ConnectionSettings limits;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final Map<String, Integer> byUser = new ConcurrentHashMap<>();
  private final AtomicInteger peakPerAddress = new AtomicInteger();

  public LocalSlots(ConnectionSettings limits) {
    this.limits = limits;
  }

  @Override
  public Runnable take(String network, Optional<String> user) {
    if (open.incrementAndGet() > limits.total()) {
      open.decrementAndGet();
      throw new NoSlotException(Limit.TOTAL);
    }
    int ofAddress = byAddress.merge(network, 1, Integer::sum);
    if (ofAddress > limits.perAddress()) {
      release(network, Optional.empty());
      throw new NoSlotException(Limit.ADDRESS);
    }
    if (user.isPresent() && byUser.merge(user.get(), 1, Integer::sum) > limits.perUser()) {
      release(network, user);
      throw new NoSlotException(Limit.USER);
    }
    peakPerAddress.accumulateAndGet(ofAddress, Math::max);
    return new Slot(network, user);
  }

  /** Returns itself when it is run for the first time. */
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
    byAddress.computeIfPresent(network, LocalSlots::oneLess);
    user.ifPresent(account -> byUser.computeIfPresent(account, LocalSlots::oneLess));
  }

  private static Integer oneLess(String key, int count) {
    return count == 1 ? null : count - 1;
  }

  /** The slots that an address has. */
  public int ofAddress(String network) {
    return byAddress.getOrDefault(network, 0);
  }

  /** The slots that a user has. */
  public int ofUser(String user) {
    return byUser.getOrDefault(user, 0);
  }

  /** The slots of every address that has some. */
  public Map<String, Integer> byAddress() {
    return Map.copyOf(byAddress);
  }

  /** The slots of every user that has some. */
  public Map<String, Integer> byUser() {
    return Map.copyOf(byUser);
  }

  @Override
  public SlotCounts counts() {
    return new SlotCounts(open.get(), byAddress.size(), byUser.size(), peakPerAddress.get());
  }
}
