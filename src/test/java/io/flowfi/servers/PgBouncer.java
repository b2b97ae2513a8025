package io.flowfi.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real pgbouncer before a PostgreSQL of the tests, as it is installed. */
public final class PgBouncer implements AutoCloseable {
  private final Process process;
  private final int port;

  private PgBouncer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one. Without an installed pgbouncer the test is skipped; where {@code FLOWFI_SERVERS} is
   * {@code required}, it fails.
   *
   * @param server the port of PostgreSQL
   * @param mode {@code session}, {@code transaction} or {@code statement}
   */
  public static PgBouncer start(int server, String mode) {
    Needed.need(isInstalled(), "not tested: pgbouncer is not installed");
    int port = RedisServer.freePort();
    try {
      Path folder = Files.createTempDirectory("pgbouncer");
      Path file = folder.resolve("pgbouncer.ini");
      Files.writeString(
          file,
          """
          [databases]
          * = host=127.0.0.1 port=%d user=flowfi
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = %d
          unix_socket_dir =
          auth_type = any
          pool_mode = %s
          default_pool_size = 30
          server_login_retry = 1
          """
              .formatted(server, port, mode));
      Process process =
          new ProcessBuilder(command(file))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      PgBouncer started = new PgBouncer(process, port);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> started.accepts(folder));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It refuses to run as root; for root it runs as nobody, like PostgreSQL. */
  private static List<String> command(Path file) throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
      command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
    }
    command.add(installed().toString());
    command.add(file.toString());
    return command;
  }

  private static boolean isInstalled() {
    return Files.isExecutable(installed());
  }

  /** A folder that users do not search. */
  private static Path installed() {
    return Path.of("/usr/sbin/pgbouncer");
  }

  private boolean accepts(Path folder) throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "pgbouncer has ended: " + Files.readString(folder.resolve("log")));
    }
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  public int port() {
    return port;
  }

  /** The value of {@code DATABASE_URL} that leads through it. */
  public String before(String databaseUrl) {
    return databaseUrl.replaceFirst("127\\.0\\.0\\.1:[0-9]+", "127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("pgbouncer does not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
