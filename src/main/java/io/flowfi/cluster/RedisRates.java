package io.flowfi.cluster;

import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Token buckets in Redis, by its clock. A bucket is the time at which it will be full again, and
 * expires then: what is not there is full. A connection; used by one thread.
 *
 * <p>One more key says since when nodes have counted without a gap: they give signs of life, and it
 * expires without them. If it is not there, Redis has been away from all of them, or has lost what
 * it had, and nobody knows what was taken. From then on a bucket has what {@link RateAsk#start}
 * says at most, and fills up within the minute.
 */
final class RedisRates implements RedisCounter.Link {
  /** So long after the last sign of life of any node there is a gap. */
  static final Duration GAP = Duration.ofSeconds(3);

  private static final double MINUTE_MICROS = TimeUnit.MINUTES.toMicros(1);

  private static final String BEAT =
      "local t = redis.call('TIME') local now = t[1] * 1000000 + t[2] "
          + "local since = tonumber(redis.call('HGET', KEYS[1], 'since') or now) "
          + "redis.call('HSET', KEYS[1], 'since', since) redis.call('PEXPIRE', KEYS[1], "
          + GAP.toMillis()
          + ") ";

  /**
   * A bucket is empty when it is full in a minute only. A clock that was set back makes it no
   * emptier. Divisions may be a little below a whole number.
   */
  private static final String TAKE =
      BEAT
          + "local minute, token, most = 60000000, tonumber(ARGV[1]), tonumber(ARGV[2]) "
          + "local full = math.max(now, since + minute - ARGV[3], "
          + "tonumber(redis.call('HGET', KEYS[2], 'full') or now)) "
          + "full = math.min(full, now + minute) "
          + "local there = math.floor((now + minute - full) / token + 0.000001) "
          + "if there < 1 then return -math.max(1, math.ceil(full + token - minute - now)) end "
          + "local taken = math.min(there, most) if taken > 0 then full = full + taken * token "
          + "redis.call('HSET', KEYS[2], 'full', full) "
          + "redis.call('PEXPIRE', KEYS[2], math.ceil((full - now) / 1000)) end return taken";

  private final Connection connection;
  private final String since;
  private final String prefix;

  /**
   * Connects.
   *
   * @throws JedisException if there is no server that can be reached
   */
  RedisRates(RedisServers servers, LogIdentity log) {
    this.since = RedisSlots.ofLog(log) + "rates";
    this.prefix = RedisSlots.ofLog(log) + "rate:";
    this.connection = servers.connect(since.getBytes(StandardCharsets.UTF_8));
  }

  /** Says that nodes count. */
  void beat() {
    connection.sendCommand(Command.EVAL, BEAT + "return 0", "1", since);
    connection.getIntegerReply();
  }

  /** Asks in one round trip; an answer for each, in order. */
  long[] run(List<RateAsk> asks) {
    for (RateAsk ask : asks) {
      connection.sendCommand(
          Command.EVAL,
          TAKE,
          "2",
          since,
          prefix + ask.bucket(),
          Double.toString(MINUTE_MICROS / ask.perMinute()),
          Integer.toString(ask.tokens()),
          Long.toString(TimeUnit.NANOSECONDS.toMicros(ask.start().toNanos())));
    }
    long[] answers = new long[asks.size()];
    for (int i = 0; i < answers.length; i++) {
      answers[i] = connection.getIntegerReply();
    }
    return answers;
  }

  @Override
  public void close() {
    RedisServers.cut(connection);
  }
}
