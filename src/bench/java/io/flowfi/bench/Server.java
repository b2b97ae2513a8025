package io.flowfi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server in a process of its own, on a free port of the loopback address, ended with the
 * benchmark at the latest.
 */
abstract class Server implements AutoCloseable {
  private static final Set<Server> RUNNING = ConcurrentHashMap.newKeySet();
  private static final int START_SECONDS = 90;

  static {
    // The servers end with the benchmark, also on Ctrl-C.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Server::close), "end-servers"));
  }

  private final String name;
  private Process process;
  private int port;
  private Path log;

  Server(String name) {
    this.name = name;
  }

  final String name() {
    return name;
  }

  final int port() {
    return port;
  }

  final long pid() {
    return process.pid();
  }

  final Path log() {
    return log;
  }

  final ProcessStats stats() {
    return new ProcessStats(process.toHandle());
  }

  /** Processor time used since the start, seconds; 0 if it does not run. */
  final double cpuSeconds() {
    return process == null ? 0 : stats().cpuSeconds();
  }

  /** Why this server cannot be run on this machine; empty if it can. */
  abstract Optional<String> missing();

  /**
   * The command that runs the server in the foreground on a port. The folder is empty and the
   * server's own.
   */
  abstract ProcessBuilder command(int onPort, Path folder) throws IOException;

  /** Request for every event. */
  abstract String subscribeToAll();

  /**
   * One command for each connection of a publisher; their events reach the subscribers to
   * everything.
   */
  abstract List<Command> publishers(int connections);

  /**
   * Whether the server compiles code while it runs, as a JVM and Node do, and so needs a warm-up.
   */
  boolean compilesItself() {
    return true;
  }

  /** The path that gets a 200 once the server works; empty if an accepted connection is enough. */
  Optional<String> readyPath() {
    return Optional.empty();
  }

  /** Its folder, below the folder of all servers. */
  String folderName() {
    return name.replaceAll("\\W+", "-");
  }

  /** Starts the server and waits until it answers. */
  final void start(Path out) {
    try {
      Path folder = out.resolve(folderName());
      deleteAll(folder);
      Files.createDirectories(folder);
      log = folder.resolve("server.log");
      port = freePort();
      process =
          command(port, folder)
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(log.toFile())
              .start();
      RUNNING.add(this);
      awaitReady();
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void awaitReady() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(name + " did not start; see " + log);
      }
      Pause.millis(100);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      if (readyPath().isEmpty()) {
        return true;
      }
      socket.setSoTimeout(5000);
      String request =
          "GET "
              + readyPath().get()
              + " HTTP/1.1\r\nHost: localhost:"
              + port
              + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(12), java.nio.charset.StandardCharsets.US_ASCII)
          .endsWith(" 200");
    } catch (IOException e) {
      return false; // not yet
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void deleteAll(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  /** Lines of the server's log with an error. */
  final long errorsLogged() {
    try (Stream<String> lines = Files.lines(log, java.nio.charset.StandardCharsets.ISO_8859_1)) {
      return lines.filter(line -> line.contains(" SEVERE ") || line.contains("Exception")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the process and its children: with SIGTERM, and after ten seconds with SIGKILL. */
  @Override
  public final void close() {
    if (process == null) {
      return;
    }
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
    RUNNING.remove(this);
  }
}
