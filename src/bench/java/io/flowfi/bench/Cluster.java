package io.flowfi.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes of FlowFi on one new PostgreSQL. */
final class Cluster implements AutoCloseable {
  private final Settings settings;
  private final Path folder;
  private final PostgresServer postgres = new PostgresServer();
  private final RedisServer redis = new RedisServer();
  private final Map<String, String> variables = new HashMap<>();
  private final List<FlowFiServer> nodes = new ArrayList<>();

  private Cluster(Settings settings) {
    this.settings = settings;
    this.folder = settings.out().resolve("servers");
  }

  /** Starts PostgreSQL, and Redis if it is the doorbell. */
  static Cluster start(Settings settings, Doorbell doorbell) {
    Cluster cluster = new Cluster(settings);
    try {
      cluster.startBackends(doorbell);
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void startBackends(Doorbell doorbell) {
    postgres.start(folder);
    variables.put("DATABASE_URL", postgres.url());
    if (doorbell == Doorbell.REDIS) {
      redis.start(folder);
      variables.put("REDIS_URL", redis.url());
    } else if (doorbell == Doorbell.POLLING) {
      // nobody listens there
      variables.put("REDIS_URL", "redis://127.0.0.1:" + Server.freePort());
    }
  }

  /** Starts one node more. */
  FlowFiServer addNode() {
    return addNode(Map.of());
  }

  /** The same with further variables. */
  FlowFiServer addNode(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(more);
    FlowFiServer node = FlowFiServer.node(settings, nodes.size() + 1, all);
    nodes.add(node);
    node.start(folder);
    return node;
  }

  List<FlowFiServer> nodes() {
    return List.copyOf(nodes);
  }

  PostgresServer postgres() {
    return postgres;
  }

  /** PostgreSQL, and Redis if it runs. */
  List<Server> backends() {
    return List.of(postgres, redis);
  }

  /** All that runs. */
  List<Server> all() {
    List<Server> all = new ArrayList<>(nodes);
    all.addAll(backends());
    return all;
  }

  @Override
  public void close() {
    nodes.forEach(Server::close);
    redis.close();
    postgres.close();
  }
}
