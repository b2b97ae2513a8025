package io.flowfi.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSession;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.LedgerStore;
import io.flowfi.ledger.StreamLedger;
import io.flowfi.log.CommitListener;
import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestStore.class)
@Timeout(60)
class RetentionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Parameter TestStore kind;

  @TempDir Path directory;
  @TempDir Path archive;
  private LedgerFixture fixture;

  /** Before the last restart. */
  private Duration passed = Duration.ZERO;

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(kind, directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Retention keeping(Optional<Duration> age, long events, Optional<Path> folder) {
    return keeping(age, events, folder, fixture.store::alone);
  }

  private Retention keeping(
      Optional<Duration> age, long events, Optional<Path> folder, Exclusive exclusive) {
    return keeping(age, events, folder, exclusive, fixture.store.log(), fixture.ledger);
  }

  private Retention keeping(
      Optional<Duration> age,
      long events,
      Optional<Path> folder,
      Exclusive exclusive,
      EventLog log,
      StreamLedger ledger) {
    return new Retention(
        new RetentionSettings(
            age, events == 0 ? OptionalLong.empty() : OptionalLong.of(events), folder),
        log,
        ledger,
        exclusive,
        fixture.store::clockDoubt,
        fixture.clock);
  }

  private void write(int events) {
    List<CompletableFuture<?>> answers = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      answers.add(
          fixture
              .ledger
              .submit(io.flowfi.ledger.CommandRequest.of(LedgerFixture.create()))
              .toCompletableFuture());
    }
    answers.forEach(CompletableFuture::join);
  }

  private void assertLog(long oldest, long head) {
    assertThat(fixture.store.log().bounds())
        .isEqualTo(new LogBounds(new LogPosition(oldest), new LogPosition(head)));
    assertThat(log(fixture.store)).isEqualTo(fixture.heard.subList((int) oldest - 1, (int) head));
  }

  private static List<LoggedEvent> log(SqlStore store) {
    return store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events();
  }

  @Test
  void shouldKeepTheNewest() throws Exception {
    Retention retention = keeping(Optional.empty(), 100, Optional.empty());
    retention.look();
    assertThat(fixture.store.log().bounds().head()).isEqualTo(LogPosition.BEGINNING);
    write(100);
    retention.look();
    assertLog(1, 100);
    write(600);
    retention.look();
    assertLog(601, 700);
    assertThat(retention.degraded()).isEmpty();
  }

  @Test
  void shouldKeepTheYoungAndBelieveNoClockThatJumps() throws Exception {
    write(20);
    fixture.pass(Duration.ofHours(30));
    write(10);
    Retention retention = keeping(Optional.of(Duration.ofDays(1)), 0, Optional.empty());
    retention.look();
    assertLog(21, 30);
    fixture.now.addAndGet(Duration.ofDays(1000).toSeconds());
    retention.look();
    assertLog(21, 30);
  }

  @Test
  void shouldRemoveAnEventInTheSecondInWhichItsTimeIsUp() throws Exception {
    write(20);
    Retention retention = keeping(Optional.of(Duration.ofDays(1)), 0, Optional.empty());
    retention.look();
    fixture.pass(Duration.ofDays(1).minusSeconds(1));
    write(1);
    retention.look();
    assertLog(1, 21);
    fixture.pass(Duration.ofSeconds(1));
    retention.look();
    assertLog(21, 21);
  }

  /** Its events are dated by that clock, so they must not confirm it after the restart. */
  @Test
  void shouldBelieveNoClockThatIsAheadThoughTheServerIsRestarted() throws Exception {
    write(20);
    fixture.pass(Duration.ofHours(30));
    write(10);
    fixture.now.addAndGet(Duration.ofDays(365).toSeconds());
    for (int start = 0; start < 3; start++) {
      write(1);
      restart(Duration.ofDays(365));
      keeping(Optional.of(Duration.ofDays(1)), 0, Optional.empty()).look();
      assertLog(21, 31 + start);
    }
    // put right
    restart(Duration.ZERO);
    write(1);
    Retention retention = keeping(Optional.of(Duration.ofDays(1)), 0, Optional.empty());
    retention.look();
    assertLog(21, 34);
    fixture.pass(Duration.ofDays(2));
    write(1);
    retention.look();
    assertThat(fixture.store.log().bounds().oldest().value()).isGreaterThan(21);
  }

  @Test
  void shouldOnlyBeLaterAfterTheServerWasOffForAMonth() throws Exception {
    write(20);
    restart(Duration.ofDays(30));
    write(5);
    Retention retention = keeping(Optional.of(Duration.ofDays(7)), 0, Optional.empty());
    retention.look();
    assertLog(1, 25);
    fixture.pass(Duration.ofHours(23));
    write(5);
    retention.look();
    assertLog(1, 30);
    fixture.pass(Duration.ofHours(1));
    retention.look();
    assertLog(21, 30);
  }

  /**
   * @param ahead how far the clock is ahead of the time that has passed
   */
  private void restart(Duration ahead) {
    passed = passed.plusNanos(fixture.monotonic.get());
    List<LoggedEvent> before = List.copyOf(fixture.heard);
    fixture.close();
    fixture = new LedgerFixture(kind, directory);
    fixture.heard.addAll(before);
    fixture.now.addAndGet(passed.plus(ahead).toSeconds());
  }

  @Test
  void shouldRemoveWhatIsPastEitherLimit() throws Exception {
    write(20);
    fixture.pass(Duration.ofHours(30));
    write(10);
    keeping(Optional.of(Duration.ofDays(1)), 25, Optional.empty()).look();
    assertLog(21, 30);
    keeping(Optional.of(Duration.ofDays(9)), 4, Optional.empty()).look();
    assertLog(27, 30);
  }

  @Test
  void shouldKeepTheNewestEventOfAll() throws Exception {
    write(3);
    fixture.pass(Duration.ofHours(30));
    // the time is known from an event that is gone
    Retention retention = keeping(Optional.of(Duration.ofDays(1)), 1, Optional.empty());
    retention.look();
    assertLog(3, 3);
    retention.look();
    assertLog(3, 3);
    write(1);
    assertLog(3, 4);
    Retention byAge = keeping(Optional.of(Duration.ofDays(1)), 100, Optional.empty());
    fixture.pass(Duration.ofHours(30)); // and this one knows it
    byAge.look();
    assertLog(4, 4);
  }

  @Test
  void shouldGoOnWhileOthersWrite() throws Exception {
    write(500);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < 20; i++) {
                write(50);
              }
            });
    Retention retention = keeping(Optional.empty(), 50, Optional.empty());
    do {
      retention.look();
    } while (!writer.isDone());
    writer.join();
    retention.look();
    int head = fixture.heard.size();
    assertLog(head - 49, head);
    assertThat(fixture.heard.get(head - 1).position().value()).isEqualTo(head);
  }

  /** So that commands never wait for long, and keep most of the writer. */
  @Test
  void shouldRemoveAFewAtATimeAndRestThreeTimesAsLong() throws Exception {
    write(1_300);
    List<LogBounds> looks = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    EventLog watched = watched(fixture.store.log(), looks, times);
    Duration commit = Duration.ofMillis(40);
    List<LoggedEvent> before = List.copyOf(fixture.heard);
    fixture.ledger.close();
    try (StreamLedger slow = slow(commit)) {
      slow.start();
      keeping(Optional.empty(), 100, Optional.empty(), fixture.store::alone, watched, slow).look();
    }
    assertThat(fixture.store.log().bounds())
        .isEqualTo(new LogBounds(new LogPosition(1_201), new LogPosition(1_300)));
    assertThat(log(fixture.store)).isEqualTo(before.subList(1_200, 1_300));
    List<Long> steps = new ArrayList<>();
    for (int i = 1; i < looks.size(); i++) {
      long removed = looks.get(i).oldest().value() - looks.get(i - 1).oldest().value();
      if (removed > 0) {
        steps.add(removed);
        assertThat(Duration.ofNanos(times.get(i) - times.get(i - 1)))
            .isGreaterThanOrEqualTo(commit.multipliedBy(4));
      }
    }
    assertThat(steps).containsExactly(500L, 500L, 200L);
  }

  /** Notes each look at the bounds. */
  private static EventLog watched(EventLog log, List<LogBounds> looks, List<Long> times) {
    return new EventLog() {
      @Override
      public LogIdentity identity() {
        return log.identity();
      }

      @Override
      public LogBounds bounds() {
        LogBounds bounds = log.bounds();
        looks.add(bounds);
        times.add(System.nanoTime());
        return bounds;
      }

      @Override
      public EventPage read(LogPosition after, EventFilter filter, int most) {
        return log.read(after, filter, most);
      }
    };
  }

  /** A ledger whose commits take so long at least. */
  private StreamLedger slow(Duration commit) {
    LedgerStore real = fixture.store.ledger();
    LedgerStore store =
        () ->
            (LedgerSession)
                Proxy.newProxyInstance(
                    RetentionTest.class.getClassLoader(),
                    new Class<?>[] {LedgerSession.class},
                    new Slow(real.open(), commit));
    return new StreamLedger(
        store,
        fixture.store.log().bounds().head(),
        new CommitListener() {
          @Override
          public void committed(List<LoggedEvent> batch) {
            throw new IllegalStateException("nobody writes");
          }

          @Override
          public void ring() {
            // it has not written what is there
          }
        },
        fixture.clock,
        LedgerSettings.DEFAULT);
  }

  private record Slow(LedgerSession session, Duration commit) implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      if (method.getName().equals("commit")) {
        LockSupport.parkNanos(commit.toNanos()); // a disk that is slow
      }
      try {
        return method.invoke(session, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @Test
  void shouldArchiveBeforeItRemoves() throws Exception {
    write(700);
    List<LoggedEvent> all = List.copyOf(fixture.heard);
    keeping(Optional.empty(), 100, Optional.of(archive)).look();
    assertLog(601, 700);
    assertThat(manifests()).hasSize(1);
    assertArchived(manifests().get(0), all.subList(0, 600));
    assertThat(files(".tmp")).isEmpty();
    // a few more wait for a full file, or an hour
    Retention retention = keeping(Optional.empty(), 100, Optional.of(archive));
    write(10);
    retention.look();
    assertLog(611, 710);
    write(10);
    retention.look();
    assertLog(611, 720);
    assertThat(manifests()).hasSize(2);
  }

  /** Another node may just be writing a file of its own. */
  @Test
  void shouldRemoveWhatACrashHasLeftADayAgo() throws Exception {
    write(30);
    Retention retention = keeping(Optional.empty(), 10, Optional.of(archive));
    Path folder = archive.resolve(fixture.store.log().identity().text());
    Path young = Files.createFile(folder.resolve("events-1.tmp"));
    Path old = Files.createFile(folder.resolve("events-2.tmp"));
    Path finished = Files.createFile(folder.resolve("events-3.ndjson.gz"));
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
    Files.setLastModifiedTime(old, longAgo);
    Files.setLastModifiedTime(finished, longAgo);
    retention.look();
    assertLog(21, 30);
    assertThat(files(".tmp")).containsExactly(young);
    assertThat(finished).exists();
  }

  private List<Path> files(String end) throws IOException {
    Path folder = archive.resolve(fixture.store.log().identity().text());
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  private List<Path> manifests() throws IOException {
    return files(".json");
  }

  private void assertArchived(Path manifest, List<LoggedEvent> events) throws Exception {
    JsonNode range = JSON.readTree(manifest.toFile());
    Path file = manifest.resolveSibling(range.path("file").asText());
    byte[] bytes = Files.readAllBytes(file);
    assertThat(range.path("log").asText()).isEqualTo(fixture.store.log().identity().text());
    assertThat(range.path("first").asLong()).isEqualTo(events.get(0).position().value());
    assertThat(range.path("last").asLong())
        .isEqualTo(events.get(events.size() - 1).position().value());
    assertThat(range.path("bytes").asLong()).isEqualTo(bytes.length);
    assertThat(range.path("sha256").asText())
        .isEqualTo(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    List<JsonNode> expected = new ArrayList<>();
    for (LoggedEvent event : events) {
      expected.add(
          JSON.createObjectNode()
              .put("seq", event.position().value())
              .put("type", event.type().wireName())
              .put("streamId", event.streamId().get().toString())
              .put("sender", event.sender().get().strKey())
              .put("recipient", event.recipient().get().strKey())
              .put("timestamp", event.timestamp())
              .set("data", JSON.readTree(event.payload())));
    }
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(JSON.readTree(line));
      }
    }
    assertThat(lines.toString()).isEqualTo(expected.toString());
  }

  /** It promises that its file is there. */
  @Test
  void shouldWriteNoManifestBeforeItsFile() throws Exception {
    write(30);
    Retention retention = keeping(Optional.empty(), 10, Optional.of(archive));
    Path inTheWay =
        Files.createDirectory(
            archive
                .resolve(fixture.store.log().identity().text())
                .resolve("events-%018d-%018d.ndjson.gz".formatted(1, 20)));
    retention.look();
    assertLog(1, 30);
    assertThat(manifests()).isEmpty();
    assertThat(files(".tmp")).isEmpty();
    assertThat(retention.degraded()).isPresent();
    Files.delete(inTheWay);
    retention.look();
    assertLog(21, 30);
    assertArchived(manifests().get(0), fixture.heard.subList(0, 20));
  }

  /** Between its look and its turn. */
  @Test
  void shouldArchiveNothingThatAnotherNodeHasRemoved() throws Exception {
    write(30);
    Retention other = keeping(Optional.empty(), 10, Optional.empty());
    Retention retention =
        keeping(
            Optional.empty(),
            10,
            Optional.of(archive),
            work -> {
              removeAll(other);
              return fixture.store.alone(work);
            });
    retention.look();
    assertLog(21, 30);
    assertThat(manifests()).isEmpty();
    assertThat(retention.degraded()).isEmpty();
  }

  private static void removeAll(Retention retention) {
    try {
      retention.look();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** So that nobody has to keep, send or read again more than some megabytes at once. */
  @Test
  void shouldArchiveNoMoreInOneFileThanItSays() throws Exception {
    Retention retention =
        keeping(
            Optional.empty(),
            1,
            Optional.of(archive),
            fixture.store::alone,
            new LongLog(fixture.store.log().identity(), 120_000),
            fixture.ledger);
    retention.look(); // the real log has none of them, so they stay
    assertThat(retention.degraded()).isPresent();
    assertThat(manifests())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("events-%018d-%018d.json".formatted(1, 50_000));
  }

  /** A log of events that are all alike. */
  private record LongLog(LogIdentity identity, long head) implements EventLog {
    @Override
    public LogBounds bounds() {
      return new LogBounds(new LogPosition(1), new LogPosition(head));
    }

    @Override
    public EventPage read(LogPosition after, EventFilter filter, int most) {
      List<LoggedEvent> events = new ArrayList<>();
      for (long at = after.value() + 1; at <= head && events.size() < most; at++) {
        events.add(
            new LoggedEvent(
                new LogPosition(at),
                EventType.named("stream.paused"),
                Optional.of(new StreamId(1)),
                Optional.empty(),
                Optional.empty(),
                1_800_000_000,
                "{}"));
      }
      return new EventPage(events, new LogPosition(after.value() + events.size()));
    }
  }

  private Archive crashedBehindTheFile() throws IOException {
    write(300);
    List<LoggedEvent> first = fixture.heard.subList(0, 200);
    Archive crashed = Archive.open(archive, fixture.store.log().identity());
    assertThat(
            crashed.write(
                new LogPosition(1),
                next ->
                    next.value() > 200 ? List.of() : first.subList((int) next.value() - 1, 200)))
        .isEqualTo(new LogPosition(200));
    return crashed;
  }

  @Test
  void shouldUseTheFileThatACrashHasLeft() throws Exception {
    crashedBehindTheFile();
    List<LoggedEvent> all = List.copyOf(fixture.heard);
    Retention retention = keeping(Optional.empty(), 50, Optional.of(archive));
    retention.look();
    assertLog(201, 300);
    assertThat(retention.degraded()).isEmpty();
    assertThat(manifests()).hasSize(1);
    keeping(Optional.empty(), 50, Optional.of(archive)).look();
    assertLog(251, 300);
    assertThat(manifests()).hasSize(2);
    assertArchived(manifests().get(0), all.subList(0, 200));
    assertArchived(manifests().get(1), all.subList(200, 250));
  }

  @Test
  void shouldRemoveNothingIfThatFileIsDamaged() throws Exception {
    crashedBehindTheFile();
    Path file = files(".gz").get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    Retention retention = keeping(Optional.empty(), 50, Optional.of(archive));
    retention.look();
    assertLog(1, 300);
    assertThat(retention.degraded()).hasValueSatisfying(w -> assertThat(w).contains("archived"));
  }

  @Test
  void shouldRemoveNothingThatCannotBeArchivedAndGoOnLater() throws Exception {
    write(30);
    Retention retention = keeping(Optional.empty(), 10, Optional.of(archive));
    Path folder = archive.resolve(fixture.store.log().identity().text());
    Files.delete(folder);
    Files.createFile(folder);
    retention.look();
    assertLog(1, 30);
    assertThat(retention.degraded()).hasValueSatisfying(w -> assertThat(w).contains("archived"));
    assertThat(retention.trouble()).isEmpty();
    Files.delete(folder);
    Files.createDirectory(folder);
    retention.look();
    assertLog(21, 30);
    assertThat(retention.degraded()).isEmpty();
  }

  @Test
  void shouldSayAnErrorOfAMomentAndGoOnLater() throws Exception {
    AtomicBoolean fails = new AtomicBoolean(true);
    write(30);
    Retention retention =
        keeping(
            Optional.empty(),
            10,
            Optional.empty(),
            work -> {
              if (fails.get()) {
                throw new OutOfMemoryError("for a moment");
              }
              return fixture.store.alone(work);
            });
    retention.look();
    assertLog(1, 30);
    assertThat(retention.degraded()).isPresent();
    fails.set(false);
    retention.look();
    assertLog(21, 30);
    assertThat(retention.degraded()).isEmpty();
  }

  @Test
  void shouldLeaveItToTheNodeThatDoesIt() throws Exception {
    org.junit.jupiter.api.Assumptions.assumeTrue(kind == TestStore.POSTGRES, "one node has it");
    write(30);
    Retention retention = keeping(Optional.empty(), 10, Optional.of(archive));
    try (SqlStore other = kind.open(directory)) {
      assertThat(
              other.alone(
                  () -> {
                    assertThat(fixture.store.alone(() -> {})).isFalse();
                    assertThat(other.log().bounds().oldest().value()).isOne();
                  }))
          .isTrue();
    }
    retention.look();
    assertLog(21, 30);
  }

  @Test
  void shouldSayThatTheLedgerTakesNothing() throws Exception {
    write(30);
    fixture.ledger.close();
    Retention retention = keeping(Optional.empty(), 10, Optional.empty());
    retention.look();
    assertThat(retention.degraded()).isPresent();
    assertLog(1, 30);
  }
}
