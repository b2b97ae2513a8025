package io.flowfi.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.Cut;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import io.flowfi.store.LogExport;
import io.flowfi.store.LogImport;
import io.flowfi.store.SqlStore;
import io.flowfi.store.TransferProgress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** An archive and the log that was cut there give the whole log again. */
@ParameterizedClass
@EnumSource(TestStore.class)
class ArchivedEventsTest {
  @Parameter TestStore kind;

  @TempDir Path directory;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final TransferProgress progress =
      new TransferProgress(new PrintStream(said, true, StandardCharsets.UTF_8));

  private Path exported;
  private LogIdentity log;
  private List<LoggedEvent> all;

  /** 100 events in files of 20 in two nodes' folders, of which the first 75 are cut. */
  @BeforeEach
  void archiveAndCut() throws Exception {
    try (LedgerFixture source = new LedgerFixture(kind, folder("source"))) {
      source.run(LedgerFixture.create(Optional.of(new StreamId(-5)), 3, 4));
      for (int i = 2; i <= 100; i++) {
        StreamCommand.TopUp command = LedgerFixture.topUp(-5, 1, "x");
        source.run(
            new StreamCommand.TopUp(
                command.streamId(),
                command.amount(),
                Optional.of(new Reference("\"data\":\\ é 漢字 " + i))));
      }
      all = List.copyOf(source.heard);
      log = source.store.log().identity();
      for (int first = 1; first <= 61; first += 20) {
        write(first % 40 == 1 ? "one" : "other", first, first + 19);
      }
      source
          .ledger
          .submit(new Cut(new LogPosition(1), new LogPosition(75)))
          .toCompletableFuture()
          .join();
    }
    exported = directory.resolve("log.gz");
    try (SqlStore source = kind.open(folder("source"))) {
      new LogExport(source, progress).copyTo(exported);
    }
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(directory.resolve(name));
  }

  private void write(String node, int first, int last) throws IOException {
    Archive.open(folder(node), log)
        .write(
            new LogPosition(first),
            next -> next.value() > last ? List.of() : all.subList((int) next.value() - 1, last));
  }

  private ArchivedEvents archive(String... nodes) {
    return new ArchivedEvents(
        Stream.of(nodes).map(node -> directory.resolve(node).resolve(log.text())).toList());
  }

  private LogBounds read(ArchivedEvents archive, List<LoggedEvent> expected) throws IOException {
    try (SqlStore target = kind.open(folder("target"))) {
      new LogImport(target, progress).readFrom(exported, archive::before);
      assertThat(target.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1000).events())
          .isEqualTo(expected);
      return target.log().bounds();
    }
  }

  @Test
  void shouldGiveTheWholeLogAgain() throws IOException {
    assertThat(read(archive("one", "other"), all))
        .isEqualTo(new LogBounds(new LogPosition(1), new LogPosition(100)));
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("archived events: 75 rows");
  }

  /** A crash between a file and the removal; the next node takes up what is left otherwise. */
  @Test
  void shouldTakeEachEventOnceFromFilesThatOverlap() throws IOException {
    write("other", 10, 50);
    write("one", 62, 75);
    assertThat(read(archive("one", "other"), all).oldest()).isEqualTo(new LogPosition(1));
  }

  /** The operator has thrown the oldest away. */
  @Test
  void shouldBeginWhereTheArchiveDoes() throws IOException {
    write("new", 31, 75);
    assertThat(read(archive("new"), all.subList(30, 100)).oldest()).isEqualTo(new LogPosition(31));
  }

  @Test
  void shouldRefuseWhatDoesNotFit() throws IOException {
    assertRefused(archive("one"), "events 21 to 40 are in no file of the archive");
    write("short", 1, 70);
    assertRefused(archive("short"), "ends with event 70, and the log begins with 76");
    assertRefused(archive("absent"), "is no folder");
    Files.createDirectories(folder("empty").resolve(log.text()));
    assertRefused(archive("empty"), "there is no archive in");
    LogIdentity ours = log;
    log = LogIdentity.random();
    write("foreign", 1, 75);
    assertRefused(archive("foreign"), "the archive is of the log " + log + ", and not of " + ours);
  }

  @Test
  void shouldRefuseADamagedFile() throws IOException {
    Path file = directory.resolve("other").resolve(log.text());
    try (Stream<Path> files = Files.list(file)) {
      file = files.filter(each -> each.toString().endsWith(".gz")).findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2]++;
    Files.write(file, bytes);
    assertRefused(archive("one", "other"), "is damaged");
  }

  /** A manifest was made by hand, or mixed up. */
  @Test
  void shouldRefuseAFileWithOtherEventsThanItsManifestSays() throws IOException {
    Path folder = directory.resolve("one").resolve(log.text());
    Path manifest = folder.resolve("events-%018d-%018d.json".formatted(1, 20));
    String right = Files.readString(manifest);
    Files.writeString(
        manifest, right.replace("\"first\":1,", "\"first\":2,").replace(":20,", ":21,"));
    assertRefused(archive("one", "other"), "has no event 2");
    Files.writeString(manifest, right.replace(":20,", ":21,"));
    assertRefused(archive("one", "other"), "has no event 21");
    Files.writeString(manifest, right);
    read(archive("one", "other"), all);
  }

  /** And the target stays empty. */
  private void assertRefused(ArchivedEvents archive, String why) throws IOException {
    try (SqlStore target = kind.open(folder("target"))) {
      LogImport read = new LogImport(target, progress);
      assertThatThrownBy(() -> read.readFrom(exported, archive::before))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(why);
      assertThat(target.log().bounds().head()).isEqualTo(LogPosition.BEGINNING);
      assertThat(target.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 9).events())
          .isEmpty();
    }
  }
}
