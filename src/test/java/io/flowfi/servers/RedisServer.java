package io.flowfi.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis for tests, on a port of its own: the one that is installed, otherwise the binary of
 * a library. It keeps nothing on disk. {@code flowfi.redis.server} names another, such as Valkey's.
 */
public final class RedisServer implements AutoCloseable {
  private static final String INSTALLED = System.getProperty("flowfi.redis.server", "redis-server");

  /** Of every cluster. */
  private static final int SLOTS = 16_384;

  private final Path folder;
  private final int port;
  private final List<String> command;
  private Process process;

  private RedisServer(int port, List<String> settings) {
    this.port = port;
    try {
      this.folder = Files.createTempDirectory("redis");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.command = new ArrayList<>(List.of(executable()));
    command.addAll(settings);
  }

  /**
   * Starts a server.
   *
   * @param settings further arguments
   */
  public static RedisServer start(String... settings) {
    return start(freePort(), settings);
  }

  /** Starts a server on a port. */
  public static RedisServer start(int port, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no"));
    all.addAll(List.of(settings));
    return started(port, all);
  }

  /** Starts a server that takes TLS only, with a certificate and its key as PEM. */
  public static RedisServer startTls(int port, Path certificate, Path key, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--port",
                "0",
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-auth-clients",
                "no",
                "--bind",
                "127.0.0.1",
                "--save",
                ""));
    all.addAll(List.of(settings));
    return started(port, all);
  }

  /** Starts a Sentinel that watches one master, and that it replaces on its own. */
  public static RedisServer sentinel(String name, int masterPort, String... settings) {
    int port = freePort();
    try {
      Path file = Files.createTempFile("sentinel", ".conf");
      Files.writeString(
          file,
          """
          port %d
          bind 127.0.0.1
          sentinel monitor %s 127.0.0.1 %d 1
          sentinel down-after-milliseconds %s 500
          sentinel failover-timeout %s 3000
          """
                  .formatted(port, name, masterPort, name, name)
              + String.join("\n", settings));
      return started(port, List.of(file.toString(), "--sentinel"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts masters that share a cluster's slots in ranges of equal size, the first the lowest. */
  public static List<RedisServer> cluster(int masters) {
    List<RedisServer> servers = new ArrayList<>();
    try {
      for (int i = 0; i < masters; i++) {
        servers.add(start("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
      }
      join(servers);
      return servers;
    } catch (RuntimeException e) {
      servers.forEach(RedisServer::close);
      throw e;
    }
  }

  private static void join(List<RedisServer> masters) {
    int size = clusterRange(masters.size());
    for (int i = 0; i < masters.size(); i++) {
      try (Jedis jedis = new Jedis("127.0.0.1", masters.get(i).port)) {
        jedis.clusterAddSlotsRange(i * size, Math.min(SLOTS, (i + 1) * size) - 1);
        masters.forEach(other -> jedis.clusterMeet("127.0.0.1", other.port));
      }
    }
    for (RedisServer master : masters) {
      try (Jedis jedis = new Jedis("127.0.0.1", master.port)) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> jedis.clusterInfo().contains("cluster_state:ok"));
      }
    }
  }

  /** How many slots a master of such a cluster has; the last one may have fewer. */
  public static int clusterRange(int masters) {
    return (SLOTS + masters - 1) / masters;
  }

  private static RedisServer started(int port, List<String> settings) {
    RedisServer server = new RedisServer(port, settings);
    server.restart();
    return server;
  }

  /**
   * For tests of what only an installed Redis can do, such as TLS and sharded channels. Without one
   * they are skipped; where {@code FLOWFI_SERVERS} is {@code required}, they fail.
   */
  public static void needInstalled() {
    Needed.need(isInstalled(), "not tested: " + INSTALLED + " is not installed");
  }

  private static boolean isInstalled() {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      // the name of another has its folder
      if (Files.isExecutable(Path.of(folder).resolve(INSTALLED))) {
        return true;
      }
    }
    return false;
  }

  private static String executable() {
    if (isInstalled() || System.getProperty("flowfi.redis.server") != null) {
      return INSTALLED;
    }
    try {
      return ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Starts again on the same port, with nothing of what was there before. */
  public void restart() {
    kill();
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(this::accepts);
  }

  private boolean accepts() {
    if (!process.isAlive()) {
      throw new IllegalStateException("redis-server has ended: " + log());
    }
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As by {@code kill -9}. */
  public void kill() {
    if (process == null) {
      return;
    }
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("redis-server does not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stands still, with its sockets open. */
  public void freeze() {
    Signal.STOP.send(process.pid());
  }

  public void thaw() {
    Signal.CONT.send(process.pid());
  }

  /** A port below those that the system gives to outgoing connections. */
  public static int freePort() {
    while (true) {
      // above 16383 the port of the cluster's bus, 10,000 higher, could be one of those
      int port = ThreadLocalRandom.current().nextInt(12_000, 20_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        continue;
      }
    }
  }

  @Override
  public void close() {
    kill();
  }
}
