package io.flowfi.cluster;

import io.flowfi.cluster.NodeStore.Member;
import io.flowfi.cluster.SlotAsk.Place;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.Slots;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a node among others counts together with them: {@link SharedSlots} of each kind, over one
 * connection to Redis. All kinds are named before the start; then any thread may use them.
 */
public final class ClusterSlots implements AutoCloseable {
  /** What has limits of its own. */
  public enum Kind {
    EVENT_STREAMS(""),
    LONG_POLLS("poll:"),
    EXPORTS("export:");

    private final String prefix;

    Kind(String prefix) {
      this.prefix = prefix;
    }

    /** The field of a node's hash for an address. Nodes of earlier versions know event streams. */
    String address(String network) {
      return prefix + "a:" + network;
    }

    /** The field for a user. */
    String user(String account) {
      return prefix + "u:" + account;
    }
  }

  /**
   * Each of a hundred letters at most: an address, or an account. What is above that the others do
   * not know, as if it were small.
   */
  private static final int MOST_TOLD = 500;

  private final String node;
  private final RedisPatience patience;
  private final List<SharedSlots> kinds = new ArrayList<>();
  private final Optional<SlotCounter> counter;

  /** Guards the counts of this node together with the counter's queue; held for moments only. */
  private final Object lock = new Object();

  /** As of the last report of this node. */
  private volatile SlotShares shares;

  /**
   * Nothing runs yet.
   *
   * @param redis empty counts on this node only
   * @param node the id of this node
   */
  public ClusterSlots(Optional<RedisServers> redis, LogIdentity log, String node) {
    this(redis, log, node, RedisPatience.SHORT);
  }

  /**
   * @param patience how long a request waits for Redis
   */
  ClusterSlots(Optional<RedisServers> redis, LogIdentity log, String node, Duration patience) {
    this.node = node;
    this.shares = new SlotShares(List.of(new Member(node, Map.of())), 0);
    this.patience = new RedisPatience(patience);
    this.counter =
        redis.map(
            servers ->
                new SlotCounter(
                    new Opening(servers, log, node)::next,
                    lock,
                    this::fields,
                    (place, counted) ->
                        shares.limitInRedis(place.field(), place.limit(), counted)));
  }

  /** Connections of this node, one after the other. Used by one thread. */
  private static final class Opening {
    private final RedisServers servers;
    private final LogIdentity log;
    private final String node;
    private Optional<String> former = Optional.empty();
    private int connections;

    Opening(RedisServers servers, LogIdentity log, String node) {
      this.servers = servers;
      this.log = log;
      this.node = node;
    }

    RedisSlots next() {
      String name = node + "." + ++connections;
      RedisSlots opened = new RedisSlots(servers, log, name, former);
      former = Optional.of(name);
      return opened;
    }
  }

  /** The slots of one kind. Call once for each, before the start. */
  public Slots of(Kind kind, ConnectionSettings limits) {
    SharedSlots slots = new SharedSlots(kind, limits, this, counter, lock);
    kinds.add(slots);
    return slots;
  }

  public void start() {
    counter.ifPresent(SlotCounter::start);
  }

  private Map<String, Integer> fields() {
    Map<String, Integer> fields = new HashMap<>();
    kinds.forEach(kind -> fields.putAll(kind.fields()));
    return fields;
  }

  RedisPatience patience() {
    return patience;
  }

  /** What this node tells the others: of what it has the largest parts of their limits. */
  Map<String, Integer> told() {
    return kinds.stream()
        .flatMap(SharedSlots::held)
        .filter(held -> held.count() >= shares.least(held.place().limit()))
        .sorted(Comparator.comparing(Held::part).reversed())
        .limit(MOST_TOLD)
        .collect(Collectors.toMap(held -> held.place().field(), Held::count));
  }

  /** What this node has of a limit. */
  record Held(Place place, int count) {
    double part() {
      return (double) count / place.limit();
    }
  }

  /**
   * Takes over which nodes live, and what they have told.
   *
   * @param living this node among them, in an order that all nodes know
   */
  void hear(List<Member> living) {
    shares = SlotShares.of(living, node);
  }

  /** What this node may have without Redis. */
  int room(Place place) {
    return shares.room(place.field(), place.limit());
  }

  /** Ends as a killed node does. */
  void kill() {
    counter.ifPresent(SlotCounter::kill);
  }

  @Override
  public void close() {
    counter.ifPresent(SlotCounter::close);
  }
}
