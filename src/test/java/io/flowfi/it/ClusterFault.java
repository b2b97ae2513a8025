package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.Signal;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
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
      Signal.STOP.send(node.server().pid());
    }

    @Override
    Duration lasts(Duration drawn) {
      return FROZEN;
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      Signal.CONT.send(node.server().pid());
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
  },
  SET_THE_CLOCK_OF_A_NODE_AHEAD {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      setClock(node, Duration.ofHours(1));
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      setClock(node, Duration.ZERO);
    }
  },
  SET_THE_CLOCK_OF_A_NODE_BACK {
    @Override
    void begin(Cluster cluster, Cluster.Member node) {
      setClock(node, Duration.ofHours(-1));
    }

    @Override
    void end(Cluster cluster, Cluster.Member node) {
      setClock(node, Duration.ZERO);
    }
  };

  private static final int STOPPED_BY_SIGTERM = 143;

  /** So that the others have done without it for longer than they wait for a lock, 2 s. */
  private static final Duration FROZEN = Duration.ofSeconds(5);

  abstract void begin(Cluster cluster, Cluster.Member node);

  /**
   * How long it is between the two.
   *
   * @param drawn by lot, for those that do not need a certain time
   */
  Duration lasts(Duration drawn) {
    return drawn;
  }

  /** Nothing of it is left after this, and the mending of the node. */
  void end(Cluster cluster, Cluster.Member node) {}

  /**
   * Those of a name.
   *
   * @param pattern of the names, as in {@code flowfi.cluster.fault}
   */
  static List<ClusterFault> named(String pattern) {
    return Stream.of(values()).filter(fault -> fault.name().matches(pattern)).toList();
  }

  /** Whether the node needs a clock of its own. */
  boolean setsClocks() {
    return this == SET_THE_CLOCK_OF_A_NODE_AHEAD || this == SET_THE_CLOCK_OF_A_NODE_BACK;
  }

  /** Returns when the node's own answers are dated so: otherwise nothing would have been tried. */
  private static void setClock(Cluster.Member node, Duration ahead) {
    node.clock().orElseThrow().set(ahead);
    HttpApi api = node.server().api();
    await()
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(
            () ->
                assertThat(date(api.get("health/live")))
                    .isCloseTo(Instant.now().plus(ahead), within(1, ChronoUnit.MINUTES)));
  }

  private static Instant date(HttpApi.Answer answer) {
    return ZonedDateTime.parse(answer.header("Date"), DateTimeFormatter.RFC_1123_DATE_TIME)
        .toInstant();
  }
}
