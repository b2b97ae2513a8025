package io.flowfi.cluster;

import io.flowfi.cluster.ClusterSlots.Held;
import io.flowfi.cluster.ClusterSlots.Kind;
import io.flowfi.cluster.SlotAsk.Place;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.SlotCounts;
import io.flowfi.limit.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Slots of one kind whose limits by address and user hold over all nodes. The total is each node's
 * own: it protects that node's memory and threads.
 *
 * <p>With Redis all nodes count together. Without it, and while it does not answer, a node allows
 * what {@link SlotShares} leaves to it.
 */
final class SharedSlots implements Slots {
  private final Kind kind;
  private final ConnectionSettings limits;
  private final ClusterSlots cluster;
  private final Optional<SlotCounter> counter;
  private final Object lock;
  private final LocalSlots local;

  /**
   * @param cluster knows how nodes divide a limit, and how long to wait for Redis
   * @param counter empty without Redis
   * @param lock guards the counts of this node together with the counter's queue
   */
  SharedSlots(
      Kind kind,
      ConnectionSettings limits,
      ClusterSlots cluster,
      Optional<SlotCounter> counter,
      Object lock) {
    this.kind = kind;
    this.limits = limits;
    this.cluster = cluster;
    this.counter = counter;
    this.lock = lock;
    this.local = new LocalSlots(limits);
  }

  /** What this node has. Call with the lock. */
  Map<String, Integer> fields() {
    Map<String, Integer> fields = new HashMap<>();
    local.byAddress().forEach((network, n) -> fields.put(kind.address(network), n));
    local.byUser().forEach((user, n) -> fields.put(kind.user(user), n));
    return fields;
  }

  /** The same with the limits, without the lock: counts that change meanwhile may be old or new. */
  Stream<Held> held() {
    return Stream.concat(
        local.byAddress().entrySet().stream()
            .map(count -> new Held(ofAddress(count.getKey()), count.getValue())),
        local.byUser().entrySet().stream()
            .map(count -> new Held(ofUser(count.getKey()), count.getValue())));
  }

  private Place ofAddress(String network) {
    return new Place(kind.address(network), limits.perAddress());
  }

  private Place ofUser(String account) {
    return new Place(kind.user(account), limits.perUser());
  }

  private List<Place> places(String network, Optional<String> user) {
    List<Place> places = new ArrayList<>();
    places.add(ofAddress(network));
    user.ifPresent(account -> places.add(ofUser(account)));
    return places;
  }

  @Override
  public Runnable take(String network, Optional<String> user) {
    List<Place> places = places(network, user);
    Runnable release;
    Optional<SlotAsk> ask = Optional.empty();
    long before = 0;
    synchronized (lock) {
      release = local.take(network, user);
      if (counter.isPresent() && !cluster.patience().rests()) {
        before = counter.get().snapshots();
        ask = counter.get().ask(places);
      }
    }
    int verdict =
        ask.flatMap(asked -> cluster.patience().await(asked.answer())).orElse(SlotAsk.NONE);
    Optional<Limit> full =
        switch (verdict) {
          case RedisSlots.TAKEN -> Optional.empty();
          case RedisSlots.ADDRESS_FULL -> Optional.of(Limit.ADDRESS);
          case RedisSlots.USER_FULL -> Optional.of(Limit.USER);
          default -> aboveRoom(network, user);
        };
    if (verdict == SlotAsk.NONE || full.isPresent()) {
      settle(verdict, before, full.isPresent() ? release : () -> {});
    }
    full.ifPresent(
        limit -> {
          throw new NoSlotException(limit);
        });
    AtomicBoolean returned = new AtomicBoolean();
    return () -> {
      if (returned.compareAndSet(false, true)) {
        synchronized (lock) {
          release.run();
          counter.ifPresent(with -> with.release(places));
        }
      }
    };
  }

  /** What Redis has counted, or was told in the meantime, may not be what was decided here. */
  private void settle(int verdict, long before, Runnable release) {
    synchronized (lock) {
      release.run();
      if (counter.isPresent() && (verdict == SlotAsk.NONE || counter.get().snapshots() != before)) {
        counter.get().writeAnew();
      }
    }
  }

  private Optional<Limit> aboveRoom(String network, Optional<String> user) {
    if (local.ofAddress(network) > cluster.room(ofAddress(network))) {
      return Optional.of(Limit.ADDRESS);
    }
    return user.filter(account -> local.ofUser(account) > cluster.room(ofUser(account)))
        .map(account -> Limit.USER);
  }

  @Override
  public SlotCounts counts() {
    return local.counts();
  }
}
