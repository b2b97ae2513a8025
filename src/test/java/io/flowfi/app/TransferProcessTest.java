package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LoggedEvent;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The program that moves a log, in a process of its own. {@code flowfi.transfer.*} make the log
 * larger and bound the time, see the profile {@code transfer}.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class TransferProcessTest {
  /** Of the events' payloads: more than the memory of the program. */
  private static final int MEGABYTES = Integer.getInteger("flowfi.transfer.megabytes", 40);

  private static final String MEMORY = "-Xmx24m";

  /** How long each way may take, which depends on the machine; 0: only printed. */
  private static final long LONGEST_SECONDS = Long.getLong("flowfi.transfer.seconds", 0);

  private static final int PAYLOAD = 2_000;

  @TempDir Path directory;

  private Map<String, String> embedded(String name) {
    return Map.of("FLOWFI_DATA_DIR", directory.resolve(name).toString());
  }

  private static Map<String, String> postgres() {
    return Map.of("DATABASE_URL", TestStore.postgres().newDatabase());
  }

  private static SqlStore open(Map<String, String> variables) {
    return ServedLedger.store(
        ServerSettings.from(new Environment(variables, Map.of())), LogPurpose.REAL);
  }

  /** So many events with payloads that hardly get smaller by gzip. */
  private static void fill(Map<String, String> variables, int events) throws SQLException {
    SplittableRandom random = new SplittableRandom(1);
    try (SqlStore store = open(variables);
        Connection connection = StoreParts.writer(store).getConnection()) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO events (seq, type, event_time, payload) VALUES (?, ?, ?, ?)");
          Statement head = connection.createStatement()) {
        for (int i = 1; i <= events; i++) {
          StringBuilder text = new StringBuilder("{\"text\":\"");
          while (text.length() < PAYLOAD) {
            text.append(Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX));
          }
          insert.setLong(1, i);
          insert.setString(2, "protocol.large");
          insert.setLong(3, 1_700_000_000L + i);
          insert.setString(4, text.append("\"}").toString());
          insert.addBatch();
          if (i % 500 == 0 || i == events) {
            insert.executeBatch();
          }
        }
        head.executeUpdate("UPDATE log_head SET seq = " + events);
      }
      connection.commit();
    }
  }

  private Process start(Map<String, String> variables, Path said, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                MEMORY,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Transfer.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "FLOWFI_DATA_DIR"));
    builder.environment().putAll(variables);
    return builder.start();
  }

  /** Runs it to its end, and prints how fast it was. */
  private void run(Map<String, String> variables, int events, String... arguments)
      throws Exception {
    Path said = directory.resolve("said");
    long began = System.nanoTime();
    Process process = start(variables, said, arguments);
    assertThat(process.waitFor()).as("%s", Files.readString(said)).isZero();
    double seconds = (System.nanoTime() - began) / 1e9;
    assertThat(Files.readString(said)).endsWith("Done.\n").contains("\nevents: " + events);
    double megabytes = events * (double) PAYLOAD / (1 << 20);
    System.out.printf(
        "%s of %,.0f MB, %,d events, with %s: %.1f s, %.1f MB/s%n",
        arguments[0], megabytes, events, MEMORY, seconds, megabytes / seconds);
    if (LONGEST_SECONDS > 0) {
      assertThat(seconds).isLessThan(LONGEST_SECONDS);
    }
  }

  private static void assertSame(Map<String, String> variables, Map<String, String> source) {
    try (SqlStore store = open(variables);
        SqlStore expected = open(source)) {
      LogBounds bounds = expected.log().bounds();
      assertThat(store.log().bounds()).isEqualTo(bounds);
      LogPosition position = LogPosition.BEGINNING;
      while (position.compareTo(bounds.head()) < 0) {
        List<LoggedEvent> page = page(expected, position);
        assertThat(page(store, position)).isEqualTo(page);
        position = page.get(page.size() - 1).position();
      }
    }
  }

  private static List<LoggedEvent> page(SqlStore store, LogPosition after) {
    return store.log().read(after, EventFilter.EVERYTHING, 500).events();
  }

  @Test
  void shouldMoveALogThatIsLargerThanItsMemory() throws Exception {
    int events = (int) (MEGABYTES * (long) (1 << 20) / PAYLOAD);
    Map<String, String> source = embedded("source");
    Map<String, String> server = postgres();
    Map<String, String> back = embedded("back");
    fill(source, events);
    Path there = directory.resolve("there.gz");
    run(source, events, "export", there.toString());
    run(server, events, "import", there.toString());
    Path home = directory.resolve("home.gz");
    run(server, events, "export", home.toString());
    run(back, events, "import", home.toString());
    assertSame(back, source);
  }

  /** Half of the events are in the database, and the program waits for more of the file. */
  @ParameterizedTest
  @EnumSource(TestStore.class)
  void shouldLeaveTheTargetEmptyIfItIsKilled(TestStore kind) throws Exception {
    int events = 4_000;
    Map<String, String> source = embedded("source");
    fill(source, events);
    Path file = directory.resolve("log.gz");
    run(source, events, "export", file.toString());
    Map<String, String> target = kind == TestStore.EMBEDDED ? embedded("target") : postgres();

    Path pipe = pipe("pipe");
    Path said = directory.resolve("said");
    Process importing = start(target, said, "import", pipe.toString());
    // otherwise one that ends too early would leave this test waiting
    importing.onExit().thenRun(() -> release(() -> Files.newInputStream(pipe)));
    byte[] whole = Files.readAllBytes(file);
    try (OutputStream out = Files.newOutputStream(pipe)) {
      out.write(whole, 0, whole.length / 2); // returns when all but a buffer of it is read
      out.flush();
      assertThat(importing.destroyForcibly().waitFor()).as("%s", said(said)).isEqualTo(137);
    }
    assertThat(said(said)).contains("streams: 0 rows").doesNotContain("\nevents: ", "Done.");

    try (SqlStore store = open(target)) {
      assertThat(store.log().bounds())
          .isEqualTo(new LogBounds(new LogPosition(1), LogPosition.BEGINNING));
      assertThat(page(store, LogPosition.BEGINNING)).isEmpty();
    }
    await()
        .atMost(Duration.ofSeconds(30)) // until the server has noticed that nobody is there
        .ignoreExceptions()
        .until(() -> start(target, said, "import", file.toString()).waitFor() == 0);
    assertSame(target, source);
  }

  private Path pipe(String name) throws IOException, InterruptedException {
    Path pipe = directory.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  private interface Opening {
    Closeable open() throws IOException;
  }

  private static void release(Opening opening) {
    try {
      opening.open().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String said(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  /** What it leaves is no file of a log, and in nobody's way. */
  @Test
  void shouldLeaveNoFileIfAnExportIsKilled() throws Exception {
    int events = 4_000;
    Map<String, String> source = embedded("source");
    fill(source, events);
    Path file = directory.resolve("log.gz");
    Path said = directory.resolve("said");
    Path part = pipe("log.gz.part");
    Process exporting = start(source, said, "move", file.toString());
    exporting.onExit().thenRun(() -> release(() -> Files.newOutputStream(part)));
    byte[] some;
    try (InputStream in = Files.newInputStream(part)) {
      some = in.readNBytes(500_000); // and no more of it: the program waits
      assertThat(exporting.destroyForcibly().waitFor()).as("%s", said(said)).isEqualTo(137);
    }
    assertThat(some).hasSize(500_000);
    assertThat(file).doesNotExist();
    Files.delete(part);
    Files.write(part, some);
    run(source, events, "move", file.toString());
    assertThat(part).doesNotExist();
    Map<String, String> target = embedded("target");
    run(target, events, "import", file.toString());
    try (SqlStore store = open(target)) {
      assertThat(page(store, LogPosition.BEGINNING)).hasSize(500);
    }
  }
}
