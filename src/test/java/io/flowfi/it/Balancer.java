package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * HAProxy in front of nodes, with the configuration that {@code docs/deploy} has for it. Of that
 * only the addresses are others, there is no TLS, and it looks at the nodes more often.
 */
final class Balancer implements AutoCloseable {
  private static final Path CONFIGURATION = Path.of("docs", "deploy", "haproxy-nodes.cfg");

  private final Process process;
  private final int port;

  private Balancer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean isInstalled() {
    return command().isPresent();
  }

  private static Optional<Path> command() {
    return List.of("/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy").stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it on the loopback; it says what it has to say into a file.
   *
   * @param interval between two looks at a node, as HAProxy writes it
   */
  static Balancer start(List<Integer> nodes, String interval) {
    int port = ServerProcess.freePort();
    Path folder = ServerProcess.newFolder("haproxy");
    Path file = folder.resolve("haproxy.cfg");
    try {
      Files.writeString(file, configuration(port, nodes, interval));
      Process process =
          new ProcessBuilder(command().orElseThrow().toString(), "-db", "-f", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("output.log").toFile())
              .start();
      // a test run that is interrupted leaves none behind
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new Balancer(process, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String configuration(int port, List<Integer> nodes, String interval)
      throws IOException {
    String text =
        Files.readString(Path.of(ServerProcess.setting("flowfi.basedir")).resolve(CONFIGURATION))
            .replaceAll("bind :443 .*", "bind 127.0.0.1:" + port)
            .replaceAll("X-Forwarded-Proto https", "X-Forwarded-Proto http")
            .replaceAll("inter 1s", "inter " + interval)
            // it refuses to start where it may not open twice as many files
            .replace("maxconn 20000", "maxconn 8000");
    for (int i = 0; i < nodes.size(); i++) {
      text = text.replace("10.0.0." + (i + 1) + ":3001", "127.0.0.1:" + nodes.get(i));
    }
    return text;
  }

  int port() {
    return port;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
