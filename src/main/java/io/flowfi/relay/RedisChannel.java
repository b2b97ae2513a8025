package io.flowfi.relay;

import io.flowfi.log.LogIdentity;
import io.flowfi.redis.RedisServers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.BinaryJedisShardedPubSub;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * Messages over Redis Pub/Sub, sharded in a cluster. The channel is named after the log, so that
 * nodes of several logs can use one Redis.
 */
public final class RedisChannel implements Channel {
  private static final int LONGEST = 512 * 1024;

  private final RedisServers servers;
  private final byte[] name;

  public RedisChannel(RedisServers servers, LogIdentity log) {
    this.servers = servers;
    this.name = ("flowfi:log:" + log).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public int longestMessage() {
    return LONGEST;
  }

  @Override
  public Sending openSending() {
    return new Publishing(servers.connect(name));
  }

  @Override
  public Receiving openReceiving() {
    return new Subscription(servers.connect(name));
  }

  private final class Publishing implements Sending {
    private final Connection connection;
    private final Command command = servers.isCluster() ? Command.SPUBLISH : Command.PUBLISH;

    Publishing(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void send(List<byte[]> messages) {
      for (byte[] message : messages) {
        connection.sendCommand(command, name, message);
      }
      // one round trip for all of them; an error among the answers ends this connection
      for (int answers = 0; answers < messages.size(); answers++) {
        connection.getOne();
      }
    }

    @Override
    public void close() {
      RedisServers.cut(connection);
    }
  }

  private final class Subscription implements Receiving {
    private final Connection connection;

    Subscription(Connection connection) {
      this.connection = connection;
    }

    @Override
    public void receive(Runnable subscribed, Consumer<byte[]> message) {
      if (servers.isCluster()) {
        new BinaryJedisShardedPubSub() {
          @Override
          public void onSSubscribe(byte[] channel, int channels) {
            subscribed.run();
          }

          @Override
          public void onSMessage(byte[] channel, byte[] sealed) {
            message.accept(sealed);
          }
        }.proceed(connection, name);
      } else {
        new BinaryJedisPubSub() {
          @Override
          public void onSubscribe(byte[] channel, int channels) {
            subscribed.run();
          }

          @Override
          public void onMessage(byte[] channel, byte[] sealed) {
            message.accept(sealed);
          }
        }.proceed(connection, name);
      }
    }

    @Override
    public void close() {
      RedisServers.cut(connection);
    }
  }
}
