package io.flowfi.cluster;

import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisAccessControlException;

/**
 * Nodes of another database that serve a log of the same identity over the same Redis. The other
 * database is this one's copy, or the other way round (a snapshot, a recovery to a point in time):
 * it has the log's secret too, so each would deliver what the other commits.
 */
public final class ForeignNodes {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignNodes.class);

  /** A node that has just started reports in this time, and one that lives renews its place. */
  private static final Duration PAUSE = Duration.ofSeconds(3);

  private static final int NAMED = 3;

  /** How Redis begins its answer to a user who may only use the channel. */
  private static final String NO_RIGHT = "NOPERM";

  private final RedisServers redis;
  private final LogIdentity log;
  private final NodeStore nodes;
  private final Runnable pause;
  private final LongSupplier nanos;

  /** Whether it is settled that there are none. */
  private volatile boolean none;

  /** Whether the last look had an answer, and when. Guarded by this, as what follows. */
  private boolean looked;

  private long lookedAt;
  private String doubt;
  private boolean told;

  /**
   * @param nodes those that this log's database knows
   */
  public ForeignNodes(RedisServers redis, LogIdentity log, NodeStore nodes) {
    this(redis, log, nodes, () -> LockSupport.parkNanos(PAUSE.toNanos()), System::nanoTime);
  }

  ForeignNodes(
      RedisServers redis, LogIdentity log, NodeStore nodes, Runnable pause, LongSupplier nanos) {
    this.redis = redis;
    this.log = log;
    this.nodes = nodes;
    this.pause = pause;
    this.nanos = nanos;
  }

  /**
   * Looks for them at the start, for three seconds if there may be some. A Redis that is away says
   * nothing: then {@link #refuseUse} looks when it comes.
   *
   * @throws IllegalStateException if there are some; the message is a line for the operator
   * @throws SharedStoreException if the database does not answer
   */
  public void refuse() {
    Map<String, Long> foreign;
    try {
      Map<String, Long> before = unknown();
      if (before.isEmpty()) {
        none = true;
        return;
      }
      pause.run();
      foreign = unknown();
      // others have been ended, or have only now come
      foreign
          .entrySet()
          .removeIf(node -> node.getValue() <= before.getOrDefault(node.getKey(), Long.MAX_VALUE));
    } catch (SharedStoreException e) {
      throw e;
    } catch (RuntimeException e) {
      // what is no Redis at all, too: a node starts without it
      LOG.debug("Redis does not say which nodes use it", e);
      return;
    }
    if (!foreign.isEmpty()) {
      throw new IllegalStateException(line(foreign));
    }
    none = true;
  }

  /**
   * Before a message goes over a Redis that was away at the start, either way: looks until there
   * are none. It takes two looks, because all nodes need a moment to come back to it. Any thread;
   * returns at once when there are none.
   *
   * @throws IllegalStateException if there are some or may be some; the log file says once which
   * @throws SharedStoreException if the database does not answer
   * @throws RuntimeException if Redis does not
   */
  public void refuseUse() {
    if (!none) {
      look();
    }
  }

  private synchronized void look() {
    if (none) {
      return; // another thread was faster
    }
    if (looked && nanos.getAsLong() - lookedAt < PAUSE.toNanos()) {
      throw new IllegalStateException(doubt);
    }
    boolean again = looked;
    looked = false;
    Map<String, Long> foreign = unknown();
    looked = true;
    lookedAt = nanos.getAsLong();
    if (again && foreign.isEmpty()) {
      none = true;
      return;
    }
    doubt = foreign.isEmpty() ? "at first it is seen who else uses it" : line(foreign);
    if (again && !told) {
      told = true;
      LOG.error("nothing is told over Redis, nor believed: {}", doubt);
    }
    throw new IllegalStateException(doubt);
  }

  private String line(Map<String, Long> foreign) {
    return ("nodes of another database serve the log %s over the Redis of REDIS_URL (%s): if this"
            + " database is a copy, make its log another one before its first node starts,"
            + " with DELETE FROM log_identity; otherwise stop those nodes")
        .formatted(
            log, String.join(", ", new TreeSet<>(foreign.keySet()).stream().limit(NAMED).toList()));
  }

  /** The times of the last signs of life of those that live, and are not known. */
  private Map<String, Long> unknown() {
    Map<String, Long> live;
    try {
      live = RedisSlots.live(redis, log);
    } catch (JedisAccessControlException e) {
      if (!e.getMessage().startsWith(NO_RIGHT)) {
        throw e;
      }
      LOG.debug("this node may not see which nodes use Redis", e);
      return Map.of();
    }
    if (!live.isEmpty()) {
      live.keySet().removeAll(nodes.known(live.keySet()));
    }
    return live;
  }
}
