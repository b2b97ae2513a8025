package io.flowfi.it;

import io.flowfi.servers.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import redis.clients.jedis.Jedis;

/** What happens to a cluster, to one of its nodes or to all. */
enum ClusterFault {
  KILL_A_NODE {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      node.server().kill();
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      node.server().restart();
    }
  },
  FREEZE_A_NODE {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      signal(node, "STOP");
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      signal(node, "CONT");
    }
  },
  CUT_A_NODE_FROM_POSTGRES {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      node.toPostgres().refuse();
    }
  },
  SILENCE_BETWEEN_A_NODE_AND_POSTGRES {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      node.toPostgres().silence();
    }
  },
  CRASH_POSTGRES {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      cluster.postgres().crash();
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      cluster.postgres().start();
    }
  },
  ROLLING_RESTART {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      for (Cluster.Member each : cluster.members()) {
        if (each.server().stop() != STOPPED_BY_SIGTERM) {
          throw new AssertionError("a node did not stop cleanly:\n" + each.server().log());
        }
        each.server().restart();
      }
    }
  },
  RESTART_REDIS {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      cluster.redis().restart();
    }
  },
  LOSE_ANSWERS_OF_POSTGRES {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      cluster.members().forEach(each -> each.toPostgres().cut());
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      begin(cluster, node);
    }
  },
  RESTART_POSTGRES {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      PostgresServer postgres = cluster.postgres();
      postgres.stop();
      postgres.start();
    }
  },
  CUT_A_NODE_FROM_REDIS {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      node.toRedis().refuse();
    }
  },
  SILENCE_BETWEEN_A_NODE_AND_REDIS {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      node.toRedis().silence();
    }
  },
  FLUSH_REDIS {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      try (Jedis client = new Jedis("127.0.0.1", cluster.redis().port())) {
        client.flushAll();
        client.scriptFlush();
      }
    }
  },
  DELAY {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      node.toPostgres().delay(Duration.ofMillis(200));
      node.toRedis().delay(Duration.ofMillis(200));
    }
  };

  private static final int STOPPED_BY_SIGTERM = 143;

  abstract void begin(Cluster cluster, Cluster.Member node);

  /** Nothing of it is left after this, and the mending of the node. */
  void end(Cluster cluster, Cluster.Member node) {}

  static ClusterFault any(RandomGenerator random) {
    return values()[random.nextInt(values().length)];
  }

  private static void signal(Cluster.Member node, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(node.server().pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
