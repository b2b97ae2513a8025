package io.flowfi.cluster;

import io.flowfi.cluster.SlotAsk.Place;
import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import java.util.stream.Collectors;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.resps.Tuple;

/**
 * The slots of all nodes, counted in Redis: one hash a node, which ends with the node because only
 * the node keeps it from expiring. Nothing is lost with it: each node knows its own slots, and
 * writes them anew. A connection; used by one thread.
 */
final class RedisSlots implements RedisCounter.Link {
  /** So long after its last sign of life a node's slots count no more. */
  static final Duration LEASE = Duration.ofSeconds(5);

  /**
   * A node that was silent for so long may soon be counted no more. Others look every second: from
   * then on they keep for it what it may have, and need not wait for the end of its lease.
   */
  private static final Duration DOUBTFUL = Duration.ofSeconds(3);

  /**
   * So long a node that has said that it ends is taken for one that is counted, with nothing: until
   * the other nodes have seen it leave the list in the database, nothing is kept for it.
   */
  private static final Duration LEAVING = NodeStore.SILENCE.plusSeconds(5);

  static final int TAKEN = 0;
  static final int ADDRESS_FULL = 1;
  static final int USER_FULL = 2;

  /** The node's own hash is not there: Redis has lost it. */
  static final int LOST = 3;

  /** A field that keeps an empty hash. */
  private static final String BEGIN = ".";

  private static final int FIELDS_AT_ONCE = 500;

  /** Later than any time. */
  private static final double MOST_MILLIS = 1e15;

  private static final String NOW =
      "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000) ";

  /** Adds up what the living nodes have. Fields and their limits follow in turn. */
  private static final String TAKE =
      NOW
          + "if redis.call('EXISTS', KEYS[2]) == 0 then return 3 end "
          + "local nodes = redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[2], '+inf') "
          + "for i = 3, #ARGV, 2 do local sum = 0 for _, node in ipairs(nodes) do "
          + "sum = sum + (redis.call('HGET', ARGV[1] .. node, ARGV[i]) or 0) end "
          + "if sum >= tonumber(ARGV[i + 1]) then return (i - 1) / 2 end end "
          + "for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[i], 1) end return 0";

  private static final String RELEASE =
      "if redis.call('EXISTS', KEYS[1]) == 0 then return 3 end for i = 1, #ARGV do "
          + "if redis.call('HINCRBY', KEYS[1], ARGV[i], -1) <= 0 then "
          + "redis.call('HDEL', KEYS[1], ARGV[i]) end end return 0";

  /** Answers whether the node's hash is there, who is counted for sure, and who has left. */
  private static final String RENEW =
      NOW
          + "redis.call('ZADD', KEYS[1], now, ARGV[1]) "
          + "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 60000) "
          + "redis.call('PEXPIRE', KEYS[1], 3600000) "
          + "return {redis.call('PEXPIRE', KEYS[2], ARGV[2]), "
          + "redis.call('ZRANGEBYSCORE', KEYS[1], now - ARGV[4], '+inf'), "
          + "redis.call('ZRANGEBYSCORE', KEYS[3], now - ARGV[3], '+inf')}";

  private static final String LEAVE =
      NOW
          + "redis.call('DEL', KEYS[2]) redis.call('ZREM', KEYS[1], ARGV[1]) "
          + "redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[2]) "
          + "redis.call('ZADD', KEYS[3], now, ARGV[1]) "
          + "return redis.call('PEXPIRE', KEYS[3], ARGV[2])";

  private final Connection connection;
  private final String node;
  private final String prefix;
  private final String nodes;
  private final String left;
  private final String own;
  private final Optional<String> former;
  private Set<String> counted = Set.of();

  /**
   * Connects.
   *
   * @param node a name that no connection had before: what an earlier one has sent may still come,
   *     and must not be counted
   * @param former the name that the node had on its last connection
   */
  RedisSlots(RedisServers servers, LogIdentity log, String node, Optional<String> former) {
    this.node = node;
    this.nodes = nodes(log);
    this.prefix = ofLog(log) + "slots:";
    this.left = ofLog(log) + "left";
    this.own = prefix + node;
    this.former = former;
    this.connection = servers.connect(nodes.getBytes(StandardCharsets.UTF_8));
  }

  /** With braces: in a cluster all of it is on one server. */
  static String ofLog(LogIdentity log) {
    return "flowfi:{" + log + "}:";
  }

  private static String nodes(LogIdentity log) {
    return ofLog(log) + "nodes";
  }

  /**
   * The nodes whose slots count now, with the time of their last sign of life in milliseconds.
   *
   * @throws JedisException if Redis does not say
   */
  static Map<String, Long> live(RedisServers servers, LogIdentity log) {
    String nodes = nodes(log);
    try (Jedis redis = new Jedis(servers.connect(nodes.getBytes(StandardCharsets.UTF_8)))) {
      List<String> time = redis.time();
      long now = Long.parseLong(time.get(0)) * 1000 + Long.parseLong(time.get(1)) / 1000;
      Map<String, Long> live = new HashMap<>();
      for (Tuple node : redis.zrangeByScoreWithScores(nodes, now - LEASE.toMillis(), MOST_MILLIS)) {
        live.merge(id(node.getElement()), (long) node.getScore(), Math::max);
      }
      return live;
    }
  }

  /** The node, whichever of its connections it is. */
  private static String id(String name) {
    return name.replaceFirst("[.][0-9]+$", "");
  }

  /** Writes all slots of this node anew. */
  void write(Map<String, Integer> counts) {
    int commands = 3;
    if (former.isPresent()) {
      send(Command.DEL, prefix + former.get());
      send(Command.ZREM, nodes, former.get());
      commands += 2;
    }
    send(Command.DEL, own);
    send(Command.HSET, own, BEGIN, "1");
    // at once: a node that is killed while it writes must leave nothing for good
    send(Command.PEXPIRE, own, Long.toString(LEASE.toMillis()));
    List<String> fields = new ArrayList<>(List.of(own));
    for (Map.Entry<String, Integer> count : counts.entrySet()) {
      fields.add(count.getKey());
      fields.add(count.getValue().toString());
      if (fields.size() > 2 * FIELDS_AT_ONCE) {
        send(Command.HSET, fields.toArray(String[]::new));
        commands++;
        fields.subList(1, fields.size()).clear();
      }
    }
    if (fields.size() > 1) {
      send(Command.HSET, fields.toArray(String[]::new));
      commands++;
    }
    answers(commands);
    renew();
  }

  /**
   * Says that this node lives, and looks which others are counted.
   *
   * @return false if Redis has lost its slots
   */
  boolean renew() {
    eval(
        RENEW,
        List.of(nodes, own, left),
        List.of(
            node,
            Long.toString(LEASE.toMillis()),
            Long.toString(LEAVING.toMillis()),
            Long.toString(DOUBTFUL.toMillis())));
    List<Object> answer = connection.getObjectMultiBulkReply();
    counted =
        answer.stream()
            .skip(1)
            .flatMap(names -> ((List<?>) names).stream())
            .map(name -> id(new String((byte[]) name, StandardCharsets.UTF_8)))
            .collect(Collectors.toUnmodifiableSet());
    return answer.get(0).equals(1L);
  }

  /**
   * Takes or returns slots in one round trip; an answer for each, in order.
   *
   * @param limit of a place, for the nodes with the ids that are counted
   */
  int[] run(List<SlotAsk> asks, ToIntBiFunction<Place, Set<String>> limit) {
    for (SlotAsk ask : asks) {
      if (ask.isRelease()) {
        eval(RELEASE, List.of(own), ask.places().stream().map(Place::field).toList());
      } else {
        List<String> arguments = new ArrayList<>(List.of(prefix, Long.toString(LEASE.toMillis())));
        for (Place place : ask.places()) {
          arguments.add(place.field());
          arguments.add(Integer.toString(limit.applyAsInt(place, counted)));
        }
        eval(TAKE, List.of(nodes, own), arguments);
      }
    }
    int[] answers = new int[asks.size()];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = connection.getIntegerReply().intValue();
    }
    return answers;
  }

  /** The node ends: its slots are free at once. */
  void leave() {
    eval(LEAVE, List.of(nodes, own, left), List.of(node, Long.toString(LEAVING.toMillis())));
    answers(1);
  }

  private void eval(String script, List<String> keys, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of(script, Integer.toString(keys.size())));
    all.addAll(keys);
    all.addAll(arguments);
    send(Command.EVAL, all.toArray(String[]::new));
  }

  private void send(Command command, String... arguments) {
    connection.sendCommand(command, arguments);
  }

  private void answers(int commands) {
    for (int i = 0; i < commands; i++) {
      connection.getOne();
    }
  }

  @Override
  public void close() {
    RedisServers.cut(connection);
  }
}
