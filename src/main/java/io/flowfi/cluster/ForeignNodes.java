package io.flowfi.cluster;

import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  private final RedisServers redis;
  private final LogIdentity log;
  private final NodeStore nodes;
  private final Runnable pause;

  /**
   * @param nodes those that this log's database knows
   */
  public ForeignNodes(RedisServers redis, LogIdentity log, NodeStore nodes) {
    this(redis, log, nodes, () -> LockSupport.parkNanos(PAUSE.toNanos()));
  }

  ForeignNodes(RedisServers redis, LogIdentity log, NodeStore nodes, Runnable pause) {
    this.redis = redis;
    this.log = log;
    this.nodes = nodes;
    this.pause = pause;
  }

  /**
   * Looks for them, for three seconds if there may be some. A Redis that is away has none.
   *
   * @throws IllegalStateException if there are some; the message is a line for the operator
   * @throws SharedStoreException if the database does not answer
   */
  public void refuse() {
    Map<String, Long> before = unknown();
    if (before.isEmpty()) {
      return;
    }
    pause.run();
    Map<String, Long> foreign = unknown();
    // others have been ended, or have only now come
    foreign
        .entrySet()
        .removeIf(node -> node.getValue() <= before.getOrDefault(node.getKey(), Long.MAX_VALUE));
    if (!foreign.isEmpty()) {
      throw new IllegalStateException(
          ("nodes of another database serve the log %s over the Redis of REDIS_URL (%s): if this"
                  + " database is a copy, make its log another one before its first node starts,"
                  + " with DELETE FROM log_identity; otherwise stop those nodes")
              .formatted(
                  log,
                  String.join(
                      ", ", new TreeSet<>(foreign.keySet()).stream().limit(NAMED).toList())));
    }
  }

  /** The times of the last signs of life of those that live, and are not known. */
  private Map<String, Long> unknown() {
    Map<String, Long> live;
    try {
      live = RedisSlots.live(redis, log);
    } catch (RuntimeException e) {
      // what is no Redis at all, too: a node starts without it
      LOG.debug("Redis does not say which nodes use it", e);
      return new HashMap<>();
    }
    if (!live.isEmpty()) {
      live.keySet().removeAll(nodes.known(live.keySet()));
    }
    return live;
  }
}
