package io.flowfi.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisClusterCRC16;

/**
 * Makes connections to the server that is in charge now: nothing is remembered, so a connection
 * that is made after a failover or a move of the cluster's slots leads to the right server. A
 * connection ends with its server; the caller makes another. Thread-safe.
 */
public final class RedisServers {
  /** Short, so that a server that returns is found within a second. */
  private static final Duration CONNECT = Duration.ofMillis(700);

  private static final Duration ANSWER = Duration.ofSeconds(2);

  private final RedisSettings settings;
  private final Optional<SSLSocketFactory> trusting;
  private final Runnable condition;

  /**
   * @throws IllegalStateException if the certificates cannot be read; the message is a line for the
   *     operator
   */
  public RedisServers(RedisSettings settings) {
    this(settings, settings.authorities().map(RedisServers::trusting), () -> {});
  }

  private RedisServers(
      RedisSettings settings, Optional<SSLSocketFactory> trusting, Runnable condition) {
    this.settings = settings;
    this.trusting = trusting;
    this.condition = condition;
  }

  /**
   * The same servers.
   *
   * @param condition runs before each connection, which is not made if it throws
   */
  public RedisServers under(Runnable condition) {
    return new RedisServers(settings, trusting, condition);
  }

  /** Whether channels are sharded, and commands about one go to the server of its slot. */
  public boolean isCluster() {
    return settings.kind() == RedisSettings.Kind.CLUSTER;
  }

  /**
   * Connects to the server that is in charge of a key or channel.
   *
   * @throws JedisException if there is none that can be reached
   * @throws RuntimeException as the condition does
   */
  public Connection connect(byte[] key) {
    condition.run();
    return switch (settings.kind()) {
      case SINGLE -> connect(settings.servers().get(0));
      case SENTINEL -> first(this::master);
      case CLUSTER -> first(seed -> owner(seed, JedisClusterCRC16.getSlot(key)));
    };
  }

  /** Ends a connection at once, also that to a dead server. Any thread may call. */
  public static void cut(Connection connection) {
    try {
      // not close(), which writes first and could wait for a dead server
      connection.forceDisconnect();
    } catch (IOException e) {
      // it has ended already
    }
  }

  /** The first of the servers that leads to a connection. */
  private Connection first(Function<HostAndPort, Connection> way) {
    JedisException last = null;
    for (HostAndPort server : settings.servers()) {
      try {
        return way.apply(server);
      } catch (JedisException e) {
        if (last != null) {
          e.addSuppressed(last);
        }
        last = e;
      }
    }
    throw last; // there is at least one server
  }

  /**
   * By the rules for Sentinel clients: ask a Sentinel, and believe it only if the server itself
   * agrees that it is a master.
   */
  private Connection master(HostAndPort sentinel) {
    List<String> place = placeOfMaster(sentinel);
    if (place == null) {
      throw new JedisException("the Sentinel " + sentinel + " knows no master of this name");
    }
    HostAndPort master = new HostAndPort(place.get(0), Integer.parseInt(place.get(1)));
    Connection connection = connect(master);
    try {
      if ("master".equals(new Jedis(connection).role().get(0))) {
        return connection;
      }
    } catch (JedisException e) {
      connection.close();
      throw e;
    }
    connection.close();
    throw new JedisException("the server " + master + " is no master");
  }

  /** Some Sentinels have no password, and some have the servers' password. */
  private List<String> placeOfMaster(HostAndPort sentinel) {
    String name = settings.master().orElseThrow();
    try (Jedis asked = new Jedis(sentinel, config().build())) {
      return asked.sentinelGetMasterAddrByName(name);
    } catch (JedisAccessControlException e) {
      if (settings.password().isEmpty()) {
        throw e;
      }
    }
    try (Jedis asked = new Jedis(sentinel, withCredentials().build())) {
      return asked.sentinelGetMasterAddrByName(name);
    }
  }

  private Connection owner(HostAndPort seed, int slot) {
    try (Jedis asked = new Jedis(seed, withCredentials().build())) {
      for (Object range : asked.clusterSlots()) {
        List<?> part = (List<?>) range;
        if ((Long) part.get(0) <= slot && slot <= (Long) part.get(1)) {
          List<?> owner = (List<?>) part.get(2);
          byte[] host = (byte[]) owner.get(0);
          // no host means the one that was asked
          String name =
              host == null || host.length == 0
                  ? seed.getHost()
                  : new String(host, StandardCharsets.UTF_8);
          return connect(new HostAndPort(name, ((Long) owner.get(1)).intValue()));
        }
      }
    }
    throw new JedisException("the cluster serves no slot " + slot);
  }

  private Connection connect(HostAndPort server) {
    Connection connection =
        new Connection(server, withCredentials().database(settings.database()).build());
    try {
      connection.connect();
      return connection;
    } catch (JedisConnectionException e) {
      connection.close();
      throw e;
    }
  }

  private DefaultJedisClientConfig.Builder withCredentials() {
    return config().user(settings.user().orElse(null)).password(settings.password().orElse(null));
  }

  private DefaultJedisClientConfig.Builder config() {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis((int) CONNECT.toMillis())
            .socketTimeoutMillis((int) ANSWER.toMillis())
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
            .resp2();
    if (settings.tls()) {
      SSLParameters checks = new SSLParameters();
      checks.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate is for this host
      config.ssl(true).sslParameters(checks).sslSocketFactory(trusting.orElse(null));
    }
    return config;
  }

  private static SSLSocketFactory trusting(Path authorities) {
    try (InputStream pem = Files.newInputStream(authorities)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
      if (store.size() == 0) {
        throw new IOException("no certificate in it");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(
          "REDIS_CA_FILE must be a readable file with certificates as PEM: " + e, e);
    }
  }
}
