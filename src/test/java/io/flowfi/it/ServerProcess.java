package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One server process after another on the same port, folder and log file. Not for use by several
 * threads, except {@link #kill()}, which any thread may call.
 */
final class ServerProcess {
  /**
   * An option of the JVM for servers that live for seconds: without the optimizing compiler, which
   * is not done before they end, they are ready with two fifths of the processor time.
   */
  static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

  /** Variables of a developer's shell that a test must not inherit. */
  private static final Set<String> NOT_INHERITED =
      Set.of(
          "PORT",
          "DATABASE_URL",
          "REDIS_URL",
          "REDIS_CA_FILE",
          "LOG_POLL_INTERVAL",
          "NODE_NAME",
          "ADMIN_PUBLIC_KEY",
          "CORS_ALLOWED_ORIGINS",
          "TRUSTED_PROXIES",
          "RATE_LIMIT",
          "EVENT_RETENTION",
          "EVENT_ARCHIVE_DIR",
          "WEB_AUTH_DOMAIN",
          "STREAM_CONTRACT_ID",
          "STELLAR_NETWORK_PASSPHRASE",
          "CATALINA_OPTS",
          "JAVA_OPTS",
          "JRE_HOME");

  private static final List<String> PREFIXES_NOT_INHERITED =
      List.of(
          "FLOWFI_",
          "METRICS_",
          "DRAIN_",
          "SSE_",
          "JWT_",
          "SEP10_",
          "MAX_SSE_",
          "SOROBAN_",
          "INDEXER_",
          "CATALINA_");

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    // a test run that is interrupted leaves no servers behind
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
  }

  private final int port;
  private final Path folder;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Duration startTimeout;
  private volatile Process process;

  private ServerProcess(
      int port,
      Path folder,
      List<String> command,
      Map<String, String> environment,
      Duration startTimeout) {
    this.port = port;
    this.folder = folder;
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.startTimeout = startTimeout;
  }

  static ServerProcess of(
      int port,
      Path folder,
      List<String> command,
      Map<String, String> environment,
      Duration startTimeout) {
    return new ServerProcess(port, folder, command, environment, startTimeout);
  }

  /** A new folder under {@code target/it} for one server of this test run. */
  static Path newFolder(String kind) {
    try {
      Path root = Path.of(setting("flowfi.basedir"), "target", "it");
      Files.createDirectories(root);
      return Files.createTempDirectory(root, kind + "-" + COUNT.incrementAndGet() + "-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A loopback port nobody listens on right now, and below those that the system gives to outgoing
   * connections: one of those could take it before the server starts, or between stop and restart.
   */
  static int freePort() {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (BindException taken) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no free port between 20,000 and 32,000 in 100 tries");
  }

  /** A setting that the failsafe plugin passes to the tests. */
  static String setting(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException(
          name + " is not set: run the container tests with mvn verify");
    }
    return value;
  }

  /** Starts the process and returns when it is ready for requests. */
  void start() {
    launch();
    awaitReady();
  }

  /** Starts the process only: for a server that is not meant to become ready. */
  void launch() {
    if (isAlive()) {
      throw new IllegalStateException("already running as process " + pid());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
    builder.environment().keySet().removeIf(ServerProcess::notInherited);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RUNNING.add(process);
    process.onExit().thenAccept(RUNNING::remove);
  }

  private static boolean notInherited(String name) {
    return NOT_INHERITED.contains(name)
        || PREFIXES_NOT_INHERITED.stream().anyMatch(name::startsWith);
  }

  /** Returns when it is ready for requests. */
  void awaitReady() {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    HttpRequest request =
        HttpRequest.newBuilder(uri().resolve("/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      Awaitility.await()
          .atMost(startTimeout)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> !isAlive() || isOk(client, request));
    } catch (ConditionTimeoutException e) {
      kill();
      throw new AssertionError("Not ready within " + startTimeout + ":\n" + logTail(), e);
    }
    if (!isAlive()) {
      throw new AssertionError("Ended at start with " + process.exitValue() + ":\n" + logTail());
    }
  }

  private static boolean isOk(HttpClient client, HttpRequest request) throws InterruptedException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Asks the process to end (SIGTERM), waits until it has, and returns its exit status. */
  int stop(Duration atMost) {
    process.destroy();
    if (!ended(atMost)) {
      String log = logTail();
      kill();
      throw new AssertionError("Did not stop within " + atMost + ":\n" + log);
    }
    return process.exitValue();
  }

  /** Ends the process at once (SIGKILL): nothing of it runs any more when this returns. */
  void kill() {
    process.destroyForcibly();
    if (!ended(Duration.ofSeconds(10))) {
      throw new AssertionError("Process " + pid() + " survived SIGKILL");
    }
  }

  private boolean ended(Duration atMost) {
    try {
      return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Writes a line to its standard input. */
  void say(String line) {
    try {
      Writer in = process.outputWriter(StandardCharsets.UTF_8);
      in.write(line + "\n");
      in.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  Path logFile() {
    return folder.resolve("console.log");
  }

  /** Everything the server has printed since its first start. */
  String log() {
    try {
      return Files.exists(logFile()) ? Files.readString(logFile(), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String logTail() {
    String log = log();
    return logFile() + "\n" + log.substring(Math.max(0, log.length() - 4000));
  }
}
