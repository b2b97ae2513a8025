package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server as {@code docs/deploy/install.sh} lays it out, started as the unit of systemd and the
 * image do it. It writes only where {@code docs/deploy/installations.md} says.
 */
@Timeout(300)
class InstalledServerIT {
  private static final List<String> WRITTEN = List.of("work", "temp", "logs");
  private static final int ENDED_BY_SIGTERM = 143;

  private final Path folder = ServerProcess.newFolder("installed");
  private final Path base = folder.resolve("base");
  private final String tomcat = ServerProcess.setting("flowfi.tomcat.home");

  @Test
  void shouldWriteOnlyWhereItMay() throws Exception {
    install();
    Map<Path, String> before = files();
    assertThat(before).isNotEmpty();

    int port = ServerProcess.freePort();
    ServerProcess server =
        ServerProcess.of(
            port,
            folder,
            List.of("bash", tomcat + "/bin/catalina.sh", "run"),
            Map.of(
                "PORT",
                Integer.toString(port),
                "CATALINA_HOME",
                tomcat,
                "CATALINA_BASE",
                base.toString(),
                "FLOWFI_DATA_DIR",
                folder.resolve("data").toString(),
                "FLOWFI_HEAP_MAX",
                "384m"),
            Duration.ofSeconds(240));
    server.start();
    assertThat(server.stop(Duration.ofSeconds(30))).isEqualTo(ENDED_BY_SIGTERM);

    Map<Path, String> after = files();
    assertThat(after.keySet()).containsExactlyElementsOf(before.keySet());
    after.entrySet().removeAll(before.entrySet());
    assertThat(after).as("changed").isEmpty();
  }

  /** A second time it replaces the application, and the first leaves nothing behind. */
  @Test
  void shouldReplaceTheApplicationThatIsThere() throws Exception {
    install();
    Files.writeString(base.resolve("webapps/ROOT/of-the-old-one.txt"), "old");
    install();
    assertThat(base.resolve("webapps/ROOT/WEB-INF/web.xml")).exists();
    assertThat(base.resolve("webapps/ROOT/of-the-old-one.txt")).doesNotExist();
  }

  private void install() throws Exception {
    Path baseDir = Path.of(ServerProcess.setting("flowfi.basedir"));
    Path said = folder.resolve("install.log");
    Process install =
        new ProcessBuilder(
                "bash",
                baseDir.resolve("docs/deploy/install.sh").toString(),
                tomcat,
                ServerProcess.setting("flowfi.war"),
                baseDir.resolve("tomcat-conf").toString(),
                base.toString())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start();
    assertThat(install.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(install.exitValue()).as(Files.readString(said)).isZero();
  }

  /** What is outside of the folders that the server writes: size and time of each file. */
  private Map<Path, String> files() throws IOException {
    Map<Path, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(base)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        Path below = base.relativize(file);
        if (!WRITTEN.contains(below.getName(0).toString())) {
          found.put(
              below,
              Files.getLastModifiedTime(file)
                  + (Files.isDirectory(file) ? "" : " " + Files.size(file)));
        }
      }
    }
    return found;
  }
}
