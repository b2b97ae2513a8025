package io.flowfi.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AuditLogTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private final AtomicLong nanos = new AtomicLong();
  private final Clocks clock = new Clocks(now::get, nanos::get);

  private AuditLog open(int capacity) {
    AuditLog log = new AuditLog(new AuditSettings(directory, Optional.empty()), clock, capacity);
    log.start();
    return log;
  }

  private AuditEntry command(String path) {
    Who who = new Who("r-1", "GALICE", "203.0.113.9");
    return new AuditEntry.Command(now.get(), who, "POST", path, 201, "v1/streams/7", Map.of());
  }

  private List<JsonNode> lines(String day) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve("audit-" + day + ".jsonl"))) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void shouldSayWhoDidWhat() throws Exception {
    try (AuditLog log = open(10)) {
      log.record(command("/v1/streams"));
      Who nobody = new Who("r-2", "", "127.0.0.1");
      log.record(new AuditEntry.Subscribed(NOON, nobody, "c-1", "streams=1,2", 41));
      log.record(
          new AuditEntry.Unsubscribed(
              NOON,
              nobody,
              "c-1",
              NOON.minusSeconds(9),
              "k3f9",
              "streams=1,2",
              41,
              57,
              "closed_by_admin"));
      log.record(
          new AuditEntry.Unsubscribed(NOON, nobody, "c-2", NOON, "k3f9", "all=true", -1, -1, ""));
    }
    assertThat(Files.readAllLines(directory.resolve("audit-2026-03-01.jsonl")))
        .containsExactly(
            "{\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"command\",\"request\":\"r-1\",\"account\":\"GALICE\",\"address\":\"203.0.113.9\",\"method\":\"POST\",\"path\":\"/v1/streams\",\"status\":201,\"result\":\"v1/streams/7\"}",
            "{\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"subscribed\",\"request\":\"r-2\",\"address\":\"127.0.0.1\",\"client\":\"c-1\",\"filter\":\"streams=1,2\",\"after\":41}",
            "{\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"unsubscribed\",\"request\":\"r-2\",\"address\":\"127.0.0.1\",\"client\":\"c-1\",\"opened\":\"2026-03-01T11:59:51Z\",\"log\":\"k3f9\",\"filter\":\"streams=1,2\",\"after\":41,\"through\":57,\"reason\":\"closed_by_admin\"}",
            "{\"at\":\"2026-03-01T12:00:00Z\",\"kind\":\"unsubscribed\",\"request\":\"r-2\",\"address\":\"127.0.0.1\",\"client\":\"c-2\",\"opened\":\"2026-03-01T12:00:00Z\",\"log\":\"k3f9\",\"filter\":\"all=true\"}");
  }

  /** The disk hangs; the thread is then interrupted, and ends a moment later. */
  @Test
  void shouldLeaveNoThreadBehindThatHadToBeInterrupted() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(1);
    AtomicReference<Thread> writer = new AtomicReference<>();
    AtomicBoolean hangs = new AtomicBoolean();
    InstantSource time =
        () -> {
          if (hangs.get()) {
            writer.set(Thread.currentThread());
            hanging.countDown();
            try {
              never.await();
            } catch (InterruptedException stop) {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
              Thread.currentThread().interrupt();
            }
          }
          return NOON;
        };
    AuditLog log =
        new AuditLog(
            new AuditSettings(directory, Optional.empty()), new Clocks(time, System::nanoTime), 10);
    log.start();
    hangs.set(true);
    log.record(command("/hangs"));
    hanging.await();
    log.close();
    assertThat(writer.get().isAlive()).isFalse();
  }

  @Test
  void shouldBeInTroubleForAsLongAsItCannotBeWrittenTo() throws Exception {
    try (AuditLog log = open(10)) {
      log.record(command("/v1/a"));
      await().until(() -> Files.exists(directory.resolve("audit-2026-03-01.jsonl")));
      assertThat(log.trouble()).isEmpty();
      Path inTheWay = Files.createDirectory(directory.resolve("audit-2026-03-02.jsonl"));
      now.set(NOON.plus(Duration.ofDays(1)));
      log.record(command("/v1/b"));
      await().untilAsserted(() -> assertThat(log.trouble()).hasValue("cannot be written to"));
      Files.delete(inTheWay);
      await().untilAsserted(() -> assertThat(log.trouble()).isEmpty());
    }
    assertThat(lines("2026-03-02").get(0).path("kind").asText()).isEqualTo("lost");
  }

  @Test
  void shouldKeepOneLineOneLine() throws Exception {
    String hostile = "/v1/a\r\n{\"kind\":\"forged\"}\u2028\u0085\u001b[31m";
    try (AuditLog log = open(10)) {
      log.record(command(hostile));
    }
    Path file = directory.resolve("audit-2026-03-01.jsonl");
    assertThat(Files.readString(file).lines()).hasSize(1);
    assertThat(Files.readString(file)).matches("[ -~]+\n");
    assertThat(lines("2026-03-01").get(0).path("path").asText()).isEqualTo(hostile);
  }

  @Test
  void shouldAppendAndNeverOverwriteAndMendALineCutShort() throws Exception {
    try (AuditLog log = open(10)) {
      log.record(command("/first"));
    }
    Path file = directory.resolve("audit-2026-03-01.jsonl");
    Files.writeString(file, Files.readString(file) + "{\"at\":\"2026-0");
    try (AuditLog log = open(10)) {
      log.record(command("/second"));
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).contains("/first");
    assertThat(lines.get(2)).startsWith("{\"at\":").contains("/second").endsWith("}");
  }

  @Test
  void shouldBeginAFileADay() throws Exception {
    try (AuditLog log = open(10)) {
      log.record(command("/today"));
      await().until(() -> Files.exists(directory.resolve("audit-2026-03-01.jsonl")));
      await().until(() -> lines("2026-03-01").size() == 1);
      now.set(NOON.plus(Duration.ofHours(12)));
      log.record(command("/tomorrow"));
    }
    assertThat(lines("2026-03-01")).hasSize(1);
    assertThat(lines("2026-03-02")).hasSize(1);
  }

  private Path file(LocalDate day) throws IOException {
    return Files.writeString(directory.resolve("audit-" + day + ".jsonl"), "{}\n");
  }

  private void startWithRetention(int days) {
    new AuditLog(new AuditSettings(directory, Optional.of(Duration.ofDays(days))), clock).close();
  }

  @Test
  void shouldDeleteWhatWasKeptLongEnoughByTheDayInItsName() throws Exception {
    LocalDate today = LocalDate.ofInstant(NOON, ZoneOffset.UTC);
    Path old = file(today.minusDays(31));
    Path last = file(today.minusDays(30));
    Path young = file(today.minusDays(2));
    file(today); // the record bears the clock out
    Path foreign = Files.writeString(directory.resolve("notes.jsonl"), "mine\n");
    Path noDay = Files.writeString(directory.resolve("audit-2026-13-45.jsonl"), "mine\n");
    // a copy keeps the name, not the time of the file
    Files.setLastModifiedTime(young, FileTime.from(NOON.minus(Duration.ofDays(400))));
    startWithRetention(30);
    assertThat(old).doesNotExist();
    assertThat(List.of(last, young, foreign, noDay)).allSatisfy(path -> assertThat(path).exists());
  }

  /** Files of the last 90 days; 90 are kept, so none is due. */
  private List<Path> filesOf90Days() throws IOException {
    LocalDate today = LocalDate.ofInstant(NOON, ZoneOffset.UTC);
    List<Path> files = new ArrayList<>();
    for (int days = 0; days < 90; days++) {
      files.add(file(today.minusDays(days)));
    }
    return files;
  }

  private static void assertAllThere(List<Path> files) {
    assertThat(files).allSatisfy(path -> assertThat(path).exists());
  }

  private static long there(List<Path> files) {
    return files.stream().filter(Files::exists).count();
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
    nanos.addAndGet(time.toNanos());
  }

  /**
   * A process that writes a line at each of its times: how long it waits, how far the clock is set.
   */
  private void runWithRetention(Duration... waitsAndSteps) throws IOException {
    AuditSettings settings = new AuditSettings(directory, Optional.of(Duration.ofDays(90)));
    try (AuditFiles files = new AuditFiles(settings, clock)) {
      files.append(List.of(command("/first")));
      for (int i = 0; i < waitsAndSteps.length; i += 2) {
        pass(waitsAndSteps[i]);
        now.set(now.get().plus(waitsAndSteps[i + 1]));
        files.append(List.of(command("/" + i)));
      }
    }
  }

  @Test
  void shouldDeleteNothingBecauseTheClockWasSetAheadByYears() throws Exception {
    List<Path> files = filesOf90Days();
    runWithRetention(Duration.ofMinutes(1), Duration.ofDays(3650));
    // and a start with the clock ahead, on the same wrong day
    startWithRetention(90);
    assertAllThere(files);
  }

  @Test
  void shouldDeleteNothingEarlyBecauseTheClockWasSetAheadByDays() throws Exception {
    List<Path> files = filesOf90Days();
    runWithRetention(Duration.ofMinutes(1), Duration.ofDays(5));
    assertAllThere(files);
    startWithRetention(90);
    assertAllThere(files);
  }

  @Test
  void shouldDeleteNothingWhenTheDayOfAWrongClockChanges() throws Exception {
    List<Path> files = filesOf90Days();
    runWithRetention(
        Duration.ofMinutes(1),
        Duration.ofDays(3650).plusHours(11),
        Duration.ofHours(1),
        Duration.ZERO,
        Duration.ofMinutes(1),
        Duration.ZERO);
    assertThat(directory.resolve("audit-2036-02-28.jsonl")).exists();
    assertThat(directory.resolve("audit-2036-02-27.jsonl")).exists();
    assertAllThere(files);
    // the file before today's is of the day before, and it is a false day, too
    for (int start = 0; start < 3; start++) {
      startWithRetention(90);
    }
    assertAllThere(files);
  }

  @Test
  void shouldDeleteWhatIsDueMeanwhileThoughTheClockIsAhead() throws Exception {
    List<Path> files = filesOf90Days();
    runWithRetention(
        Duration.ofMinutes(1), Duration.ofDays(5), Duration.ofHours(23), Duration.ZERO);
    assertAllThere(files);
    LocalDate today = LocalDate.ofInstant(NOON, ZoneOffset.UTC);
    Path due = file(today.minusDays(91));
    startWithRetention(90);
    assertThat(due).doesNotExist();
    assertAllThere(files);
  }

  @Test
  void shouldBelieveAClockWithWhichItHasRunForADayAndDeleteAFewAtOnce() throws Exception {
    List<Path> files = filesOf90Days();
    runWithRetention(
        Duration.ofMinutes(1), Duration.ofDays(3650), Duration.ofHours(24), Duration.ZERO);
    assertThat(there(files)).isEqualTo(60);
    assertThat(directory.resolve("clock-doubt")).doesNotExist();
    startWithRetention(90);
    assertThat(there(files)).isEqualTo(30);
  }

  /** The server was off for a week, and the clock is right. It never runs for a whole day. */
  @Test
  void shouldBelieveAClockWithWhichSeveralProcessesHaveRunForADay() throws Exception {
    List<Path> files = filesOf90Days();
    now.set(NOON.plus(Duration.ofDays(7)));
    for (int day = 0; day < 2; day++) {
      runWithRetention(Duration.ofHours(6), Duration.ZERO, Duration.ofHours(4), Duration.ZERO);
      assertAllThere(files);
      now.set(now.get().plus(Duration.ofHours(14)));
    }
    runWithRetention(Duration.ofHours(6), Duration.ZERO);
    assertThat(there(files)).isEqualTo(82);
  }

  @Test
  void shouldForgetItsDoubtWhenTheClockIsPutRight() throws Exception {
    List<Path> files = filesOf90Days();
    runWithRetention(
        Duration.ofMinutes(1), Duration.ofDays(3650), Duration.ofHours(2), Duration.ofDays(-3650));
    assertAllThere(files);
    assertThat(directory.resolve("clock-doubt")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "believed=1 lasted=99999999999999999999", "\u0000\u0000\u0000"})
  void shouldDeleteNothingForADayAfterADoubtThatItCannotRead(String stored) throws Exception {
    List<Path> files = filesOf90Days();
    Path due = file(LocalDate.ofInstant(NOON, ZoneOffset.UTC).minusDays(91));
    Files.writeString(directory.resolve("clock-doubt"), stored);
    startWithRetention(90);
    assertThat(due).exists();
    runWithRetention(Duration.ofHours(23), Duration.ZERO);
    assertThat(due).exists();
    runWithRetention(Duration.ofHours(24), Duration.ZERO);
    assertThat(due).doesNotExist();
    assertThat(there(files)).isGreaterThan(86);
  }

  @Test
  void shouldDeleteAFewDaysAtOnceOnly() throws Exception {
    LocalDate today = LocalDate.ofInstant(NOON, ZoneOffset.UTC);
    for (int days = 0; days < 100; days++) {
      file(today.minusDays(days));
    }
    startWithRetention(1);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).hasSize(70);
    }
    assertThat(directory.resolve("audit-" + today.minusDays(69) + ".jsonl")).exists();
    assertThat(directory.resolve("audit-" + today.minusDays(70) + ".jsonl")).doesNotExist();
  }

  @Test
  void shouldCountWhatItCannotKeepAndNoteItInTheRecord() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (AuditLog log = open(4)) {
      log.record(new Slow(writing, goOn));
      writing.await();
      // the disk hangs: nobody waits for it, and entries that do not fit are counted
      for (int i = 0; i < 10; i++) {
        log.record(command("/" + i));
      }
      assertThat(log.lost()).isEqualTo(6);
      goOn.countDown();
    }
    List<JsonNode> lines = lines("2026-03-01");
    assertThat(lines).hasSize(1 + 4 + 1);
    assertThat(lines.stream().filter(line -> line.path("kind").asText().equals("lost")))
        .singleElement()
        .satisfies(line -> assertThat(line.path("entries").asInt()).isEqualTo(6));
  }

  @Test
  void shouldGoOnAfterAFailureAndSayWhatItCost() throws Exception {
    try (AuditLog log = open(10)) {
      log.record(new Broken());
      await().until(() -> log.lost() == 1);
      log.record(command("/after"));
    }
    List<JsonNode> lines = lines("2026-03-01");
    assertThat(lines)
        .anySatisfy(line -> assertThat(line.path("path").asText()).isEqualTo("/after"));
    assertThat(lines.stream().mapToInt(line -> line.path("entries").asInt()).sum()).isEqualTo(1);
  }

  @Test
  void shouldRefuseToStartWhereItCannotWrite() throws Exception {
    Path file = Files.writeString(directory.resolve("in-the-way"), "");
    assertThatThrownBy(
            () -> new AuditLog(new AuditSettings(file.resolve("x"), Optional.empty()), clock))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("FLOWFI_DATA_DIR");
  }

  private record Slow(CountDownLatch writing, CountDownLatch goOn) implements AuditEntry {
    @Override
    public Instant at() {
      return NOON;
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      writing.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private record Broken() implements AuditEntry {
    @Override
    public Instant at() {
      return NOON;
    }

    @Override
    public void writeFields(JsonGenerator json) throws IOException {
      throw new IOException("No space left on device");
    }
  }
}
