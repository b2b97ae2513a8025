package io.flowfi.it;

import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.RedisServer;
import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Nodes on Tomcat with one PostgreSQL that waits for the disk, and one Redis. Each node has a
 * network of its own to both.
 */
public final class Cluster implements AutoCloseable {
  /**
   * One node and its ways to what it shares with the others.
   *
   * @param clock its time of day, where it has one of its own
   */
  public record Member(
      TomcatServer server, TcpProxy toPostgres, TcpProxy toRedis, Optional<SettableClock> clock) {
    void mend() {
      toPostgres.mend();
      toRedis.mend();
    }
  }

  private static final Pattern PORT = Pattern.compile(":[0-9]+/");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final PostgresServer postgres;
  private final RedisServer redis;
  private final List<Member> members = new ArrayList<>();

  /**
   * Starts it, and returns when all nodes are ready.
   *
   * @param settings of every node
   */
  Cluster(int nodes, Map<String, String> settings) {
    this(Collections.nCopies(nodes, null), settings);
  }

  /** The same with nodes whose clocks can be set. */
  static Cluster withClocks(int nodes, Map<String, String> settings) {
    return new Cluster(Collections.nCopies(nodes, null), settings, true);
  }

  /**
   * The same with nodes that have names.
   *
   * @param names one for each node; null for none
   */
  public Cluster(List<String> names, Map<String, String> settings) {
    this(names, settings, false);
  }

  private Cluster(List<String> names, Map<String, String> settings, boolean clocks) {
    try {
      postgres = opened(TestStore.durablePostgres());
      redis = opened(RedisServer.start());
      String database = postgres.newDatabase();
      for (String name : names) {
        members.add(
            member(
                name,
                database,
                settings,
                clocks ? Optional.of(SettableClock.start()) : Optional.empty()));
      }
      members.get(0).server().restart(); // it makes the tables
      members.stream().skip(1).forEach(member -> member.server().launch());
      members.forEach(member -> member.server().awaitReady());
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private Member member(
      String name, String database, Map<String, String> settings, Optional<SettableClock> clock) {
    TcpProxy toPostgres = opened(new TcpProxy(postgres.port()));
    TcpProxy toRedis = opened(new TcpProxy(redis.port()));
    Map<String, String> all = new HashMap<>();
    all.put("DATABASE_URL", PORT.matcher(database).replaceFirst(":" + toPostgres.port() + "/"));
    all.put("REDIS_URL", "redis://127.0.0.1:" + toRedis.port());
    all.put("FLOWFI_HEAP_MAX", "192m");
    clock.ifPresent(each -> all.putAll(each.environment()));
    all.putAll(settings);
    if (name != null) {
      all.put("NODE_NAME", name);
    }
    return new Member(opened(TomcatServer.prepare(all)), toPostgres, toRedis, clock);
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.add(0, part);
    return part;
  }

  PostgresServer postgres() {
    return postgres;
  }

  RedisServer redis() {
    return redis;
  }

  public List<Member> members() {
    return members;
  }

  /** The ports of the nodes. */
  List<Integer> ports() {
    return members.stream().map(member -> member.server().port()).toList();
  }

  /** Ends everything, the nodes first. */
  @Override
  public void close() {
    for (AutoCloseable part : open) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
