package io.flowfi.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.postgresql.Driver;

/**
 * PostgreSQL with an empty database, as it is installed: each commit waits for the disk. It refuses
 * to run as root; for root it runs as nobody.
 */
final class PostgresServer extends Backend {
  static final String NAME = "postgresql";

  private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
  private static final String NOBODY = "65534";

  PostgresServer() {
    super(NAME, installed(), "postgresql");
  }

  /** The newest of those that are installed; null if there is none. */
  private static String installed() {
    if (!Files.isDirectory(INSTALLED)) {
      return null;
    }
    try (Stream<Path> versions = Files.list(INSTALLED)) {
      return versions
          .map(version -> version.resolve("bin/postgres"))
          .filter(Files::isExecutable)
          .max(Comparator.comparing(Path::toString))
          .map(Path::toString)
          .orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of {@code DATABASE_URL}. */
  String url() {
    return "postgresql://flowfi@127.0.0.1:" + port() + "/postgres?sslmode=disable";
  }

  Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.put("user", "flowfi");
    return new Driver()
        .connect("jdbc:postgresql://127.0.0.1:" + port() + "/postgres?sslmode=disable", properties);
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    if (isRoot()) {
      Programs.run(
          folder,
          folder.resolve("chown.log"),
          List.of("chown", NOBODY + ":" + NOBODY, data.toString()));
    }
    Programs.run(
        folder,
        folder.resolve("initdb.log"),
        unprivileged(
            Path.of(program()).resolveSibling("initdb").toString(),
            "-D",
            data.toString(),
            "--username=flowfi",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C"));
    return new ProcessBuilder(
            unprivileged(
                program(),
                "-D",
                data.toString(),
                "-p",
                Integer.toString(onPort),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=300",
                "-c",
                "fsync=on",
                "-c",
                "synchronous_commit=on"))
        .directory(data.toFile());
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static List<String> unprivileged(String... command) {
    List<String> whole = new ArrayList<>();
    if (isRoot()) {
      whole.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    whole.addAll(List.of(command));
    return whole;
  }
}
