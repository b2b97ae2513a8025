package io.flowfi.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * A PostgreSQL server of the tests' own, on a free port of this machine: the one of Maven Central
 * where it runs, otherwise one that is installed. PostgreSQL refuses to run as root; for root it
 * runs as nobody.
 */
public final class PostgresServer implements AutoCloseable {
  private static final int FIRST_PORT = 22_000;
  private static final int PORTS = 2_000;
  private static final String QUICK = "-c fsync=off -c full_page_writes=off";
  private static final String TABLES = "tables";
  private static final String STANDBY = "standby.signal";
  private static final System.Logger LOG = System.getLogger(PostgresServer.class.getName());
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private static final Set<PostgresServer> RUNNING = ConcurrentHashMap.newKeySet();

  /** Those of one JVM. */
  private static PostgresServer shared;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(PostgresServer::end));
  }

  private final Path programs;
  private final Path folder;
  private final Path data;
  private final int port;
  private final String settings;
  private boolean hasTables;

  private PostgresServer(Path programs, String settings) {
    this.programs = programs;
    this.settings = settings;
    folder = newFolder("flowfi-postgres");
    data = folder.resolve("data");
    port = freePort();
    run(
        programs.resolve("initdb").toString(),
        "-D",
        data.toString(),
        "--username=flowfi",
        "--auth=trust",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C");
    RUNNING.add(this);
  }

  /**
   * The server that all tests of this JVM share. It does not wait for the disk: what survives a
   * crash is tested with {@link #durable()}.
   */
  public static synchronized PostgresServer shared() {
    if (shared == null) {
      shared = new PostgresServer(PostgresPrograms.preferred(), QUICK);
      shared.start();
    }
    return shared;
  }

  /** A server of the caller's own that waits for the disk, and may be stopped. */
  public static PostgresServer durable() {
    PostgresServer server = new PostgresServer(PostgresPrograms.preferred(), "");
    server.start();
    return server;
  }

  /**
   * A server of the caller's own of the version that is installed, for tests that take its programs
   * to it: {@code pg_dump} refuses a server that is newer. It does not wait for the disk.
   */
  public static PostgresServer installed() {
    Path programs =
        PostgresPrograms.installed()
            .orElseThrow(() -> new IllegalStateException("no PostgreSQL is installed"));
    PostgresServer server = new PostgresServer(programs, QUICK);
    server.start();
    return server;
  }

  public static boolean isInstalled() {
    return PostgresPrograms.installed().isPresent();
  }

  /** Whether the version of {@link #shared()} is that of the build. */
  public static boolean isOfMavenCentral() {
    return PostgresPrograms.areOfMavenCentral();
  }

  /**
   * A server that gives access to its databases by certificate only, over TLS: to a user whose name
   * is that of the certificate. Only {@link #newDatabase()} needs none.
   *
   * @param certificate of the server, as PEM; its key is beside it, in {@code NAME.key}
   * @param authority that users' certificates must be of
   */
  public static PostgresServer withCertificates(Path certificate, Path authority) {
    PostgresServer server =
        new PostgresServer(
            PostgresPrograms.preferred(), "-c fsync=off -c ssl=on -c ssl_ca_file=root.crt");
    String key = certificate.getFileName().toString().replace(".pem", ".key");
    server.place(certificate, "server.crt");
    server.place(certificate.resolveSibling(key), "server.key");
    server.place(authority, "root.crt");
    try {
      Files.writeString(
          server.data.resolve("pg_hba.conf"),
          """
          hostnossl postgres all 127.0.0.1/32 trust
          hostssl all all 127.0.0.1/32 cert
          """);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.start();
    return server;
  }

  private void place(Path file, String name) {
    try {
      Path placed = Files.copy(file, data.resolve(name));
      if (isRoot()) {
        runAs(List.of(), "chown", "65534:65534", placed.toString());
      }
      Files.setPosixFilePermissions(placed, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again, and returns when it takes connections. */
  public void start() {
    try {
      Files.deleteIfExists(data.resolve(STANDBY));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    launch();
  }

  private void launch() {
    String options =
        "-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=64MB"
            + " -c unix_socket_directories="
            + data
            + " "
            + settings;
    control("start", "-w", "-o", options, "-l", data.resolve("server.log").toString());
  }

  /** The same as a standby, which can be read only; the next start is that of a primary again. */
  public void startAsStandby() {
    run("touch", data.resolve(STANDBY).toString());
    launch();
  }

  /** Stops it as a crash would: what is not on the disk is lost. */
  public void crash() {
    control("stop", "-m", "immediate");
  }

  /** Stops it as an operator does: sessions are ended, and everything is written. */
  public void stop() {
    control("stop", "-w", "-m", "fast");
  }

  /** Creates a database of its own, without tables; the value of {@code DATABASE_URL} for it. */
  public String newDatabase() {
    return newDatabase("template1");
  }

  /**
   * The same, with tables.
   *
   * @param maker makes them in the database of a {@code DATABASE_URL}, and leaves; called for the
   *     first one only, of which the others are copies: with these a store is open in half the time
   */
  synchronized String newDatabase(Consumer<String> maker) {
    if (!hasTables) {
      create(TABLES, "template1");
      maker.accept(url(TABLES));
      hasTables = true;
    }
    return newDatabase(TABLES);
  }

  private String newDatabase(String template) {
    String name = "test" + DATABASES.incrementAndGet();
    create(name, template);
    return url(name);
  }

  private void create(String name, String template) {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      // by its files, as before version 15: through the log it takes three times as long
      String way =
          connection.getMetaData().getDatabaseMajorVersion() < 15 ? "" : " STRATEGY FILE_COPY";
      statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template + way);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String url(String database) {
    return "postgresql://flowfi@127.0.0.1:" + port + "/" + database + "?sslmode=disable";
  }

  /** Drops the shared server's databases that nobody is connected to. */
  static synchronized void dropUnused() {
    if (shared == null) {
      return;
    }
    try (Connection connection = shared.connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String name : unused(statement)) {
        try {
          statement.execute("DROP DATABASE IF EXISTS " + name);
        } catch (SQLException e) {
          LOG.log(
              System.Logger.Level.DEBUG,
              "somebody has connected to {0} meanwhile: {1}",
              name,
              e.getMessage());
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> unused(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet found =
        statement.executeQuery(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test%' AND NOT EXISTS"
                + " (SELECT 1 FROM pg_stat_activity s WHERE s.datname = pg_database.datname)")) {
      while (found.next()) {
        names.add(found.getString(1));
      }
    }
    return names;
  }

  /** A connection that no store knows of. */
  public static Connection connectTo(String databaseUrl) throws SQLException {
    Properties user = new Properties();
    user.put("user", "flowfi");
    return new Driver().connect("jdbc:" + databaseUrl.replaceFirst("flowfi@", ""), user);
  }

  private Connection connect(String database) throws SQLException {
    return connectTo(url(database));
  }

  public int port() {
    return port;
  }

  /** The folder of its programs. */
  public Path programs() {
    return programs;
  }

  @Override
  public void close() {
    RUNNING.remove(this);
    if (Files.exists(data.resolve("postmaster.pid"))) {
      crash();
    }
    if (Files.exists(folder)) { // the end of the JVM closes it too
      delete(folder);
    }
  }

  private void control(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(programs.resolve("pg_ctl").toString());
    command.add("-D");
    command.add(data.toString());
    command.add("-s");
    command.addAll(List.of(arguments));
    run(command.toArray(String[]::new));
  }

  /** One after the other: a server is stopped with its programs. */
  private static void end() {
    RUNNING.forEach(PostgresServer::close);
    PostgresPrograms.deleteUnpacked();
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static void run(String... command) {
    runAs(
        isRoot()
            ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
            : List.of(),
        command);
  }

  static void runAs(List<String> prefix, String... command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(List.of(command));
    try {
      Path said = Files.createTempFile("flowfi-postgres", ".log");
      // into a file: a server that was started keeps the output open
      Process process =
          new ProcessBuilder(whole).redirectErrorStream(true).redirectOutput(said.toFile()).start();
      boolean ended = process.waitFor(60, TimeUnit.SECONDS);
      String output = Files.readString(said);
      Files.delete(said);
      if (!ended || process.exitValue() != 0) {
        throw new IllegalStateException(String.join(" ", whole) + ": " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** That nobody may use. */
  static Path newFolder(String name) {
    try {
      Path folder = Files.createTempDirectory(name);
      if (isRoot()) {
        runAs(List.of(), "chown", "65534:65534", folder.toString());
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any of some: the next JVM that looks must not find the same one while ours is not in use. */
  private static int freePort() {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, FIRST_PORT + PORTS);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (IOException taken) {
        continue;
      }
    }
    throw new IllegalStateException("no free port");
  }
}
