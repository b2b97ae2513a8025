package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFixture;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.IdempotencyKey;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.Receipt;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Reference;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.retention.Retention;
import io.flowfi.retention.RetentionSettings;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.time.Clocks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log moves from the embedded database to PostgreSQL and back. */
class TransferTest {
  private static final CommandRequest KEYED =
      new CommandRequest(
          LedgerFixture.topUp(1, 7, "key"),
          Optional.empty(),
          Optional.of(new IdempotencyKey("me", "k", "d")));

  @TempDir Path directory;

  /** Everything that a log's clients know of it. */
  private record Content(LogIdentity identity, List<LoggedEvent> events, List<?> streams) {
    static Content of(SqlStore store) {
      return new Content(
          store.log().identity(),
          store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events(),
          store
              .states()
              .read(EventFilter.EVERYTHING, LogPosition.BEGINNING, new LogPosition(1 << 20), 1000)
              .states());
    }
  }

  /** A muxed sender, and an event that we do not know. */
  private static final ChainFacts CHAIN =
      ChainFixture.page(
          1,
          ChainFixture.created(
              7,
              new Address("MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK"),
              ChainFixture.RECIPIENT),
          ChainFixture.changed(7));

  private Environment embedded(String name) {
    return new Environment(Map.of("FLOWFI_DATA_DIR", directory.resolve(name).toString()), Map.of());
  }

  private static Environment postgres() {
    return new Environment(Map.of("DATABASE_URL", TestStore.postgres().newDatabase()), Map.of());
  }

  private static SqlStore open(Environment environment) {
    return ServedLedger.store(ServerSettings.from(environment), LogPurpose.REAL);
  }

  private static Content content(Environment environment) {
    try (SqlStore store = open(environment)) {
      return Content.of(store);
    }
  }

  private static String run(
      int code, Environment environment, String what, Path file, Path... folders) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    assertThat(
            Transfer.run(
                Stream.concat(
                        Stream.of(what, file.toString()), Stream.of(folders).map(Path::toString))
                    .toArray(String[]::new),
                environment,
                new PrintStream(said, true, StandardCharsets.UTF_8)))
        .as("%s", said)
        .isEqualTo(code);
    return said.toString(StandardCharsets.UTF_8);
  }

  /** With amounts of 39 digits, ids above 2^63, and a reference that JSON must escape. */
  private Content fill(Environment environment) {
    try (LedgerFixture fixture =
        new LedgerFixture(open(environment), null, LedgerSettings.DEFAULT, () -> {})) {
      fixture.run(LedgerFixture.create());
      fixture.run(LedgerFixture.create(Optional.of(new StreamId(-5)), 3, 4));
      fixture.run(KEYED);
      for (int i = 0; i < 30; i++) {
        StreamCommand.TopUp command = LedgerFixture.topUp(-5, 1, "x");
        fixture.run(
            new StreamCommand.TopUp(
                command.streamId(), command.amount(), Optional.of(new Reference("\"é\\ 漢字 " + i))));
      }
      fixture.run(new StreamCommand.Pause(new StreamId(1), Optional.empty()));
      fixture.ledger.submit(CHAIN).toCompletableFuture().join();
      return Content.of(fixture.store);
    }
  }

  @Test
  void shouldMoveToPostgresAndBackWithoutAChange() {
    Environment first = embedded("first");
    Environment second = postgres();
    Environment third = embedded("third");
    Content before = fill(first);
    assertThat(run(0, first, "move", directory.resolve("one.gz")))
        .contains("events: 36 of 36 rows")
        .contains("chain_events: 2 of 2 rows");
    assertThat(run(0, second, "import", directory.resolve("one.gz"))).contains("Done.");
    assertThat(content(second)).isEqualTo(before);
    assertThat(content(first).identity()).as("of what was left").isNotEqualTo(before.identity());

    run(0, second, "move", directory.resolve("two.gz"));
    run(0, third, "import", directory.resolve("two.gz"));
    assertThat(content(third)).isEqualTo(before);
    try (LedgerFixture fixture =
        new LedgerFixture(open(third), null, LedgerSettings.DEFAULT, () -> {})) {
      Receipt again = fixture.run(KEYED);
      assertThat(again.replayed()).as("its key is known").isTrue();
      AppliedFacts known =
          fixture
              .ledger
              .submit(new ChainFacts(Optional.empty(), List.of(), CHAIN.facts(), Optional.empty()))
              .toCompletableFuture()
              .join();
      assertThat(known).isEqualTo(new AppliedFacts(CHAIN.next(), true, 0, 2, Map.of()));
      assertThat(fixture.run(LedgerFixture.create()).stream().id()).isEqualTo(new StreamId(2));
      assertThat(fixture.heard.get(0).position().value()).isEqualTo(before.events().size() + 1L);
    }
  }

  /** A copy may be read in twice, so each is a log of its own. */
  @Test
  void shouldMakeAnotherLogOfACopy() {
    Environment source = embedded("source");
    Content before = fill(source);
    run(0, source, "export", directory.resolve("copy.gz"));
    assertThat(content(source)).isEqualTo(before);
    Environment copy = embedded("copy");
    run(0, copy, "import", directory.resolve("copy.gz"));
    assertThat(content(copy).events()).isEqualTo(before.events());
    assertThat(content(copy).identity()).isNotEqualTo(before.identity());
  }

  @Test
  void shouldGiveTheWholeLogAgainWithTheArchiveOfItsRetention() throws Exception {
    Environment source = embedded("source");
    Content before = fill(source);
    Path archive = directory.resolve("archive");
    cutTo(3, source, archive);
    List<LoggedEvent> left =
        before.events().subList(before.events().size() - 3, before.events().size());
    assertThat(content(source).events()).isEqualTo(left);
    Path file = directory.resolve("log.gz");
    run(0, source, "export", file);

    Environment whole = postgres();
    Path folder = archive.resolve(before.identity().text());
    assertThat(run(1, whole, "import", file, directory)).contains("Nothing was done");
    assertThat(content(whole).events()).isEmpty();
    assertThat(run(0, whole, "import", file, folder))
        .contains("archived events: " + (before.events().size() - 3) + " rows");
    assertThat(content(whole).events()).isEqualTo(before.events());
    assertThat(content(whole).streams()).isEqualTo(before.streams());
    Environment cut = embedded("short");
    run(0, cut, "import", file);
    assertThat(content(cut).events()).isEqualTo(left);
  }

  /** As a server with {@code EVENT_RETENTION} does. */
  private static void cutTo(int events, Environment environment, Path archive) throws Exception {
    try (LedgerFixture fixture =
            new LedgerFixture(open(environment), null, LedgerSettings.DEFAULT, () -> {});
        Retention retention =
            new Retention(
                new RetentionSettings(
                    Optional.empty(), OptionalLong.of(events), Optional.of(archive)),
                fixture.store.log(),
                fixture.ledger,
                fixture.store::alone,
                fixture.store::clockDoubt,
                Clocks.system())) {
      retention.start();
      await()
          .until(
              () -> {
                LogBounds bounds = fixture.store.log().bounds();
                return bounds.head().value() - bounds.oldest().value() + 1 == events;
              });
    }
  }

  @Test
  void shouldReplaceNothing() {
    Environment source = embedded("source");
    Content before = fill(source);
    Path file = directory.resolve("copy.gz");
    run(0, source, "export", file);
    assertThat(run(1, source, "export", file)).contains("exists already");
    assertThat(run(1, source, "import", file)).contains("holds a log already");
    assertThat(content(source)).isEqualTo(before);
    assertThat(run(1, source, "delete", file)).contains("export FILE");
  }

  /** Cut, changed, or another file: the target stays empty, and takes the right one. */
  @ParameterizedTest
  @ValueSource(strings = {"cut", "changed", "shortened", "other"})
  void shouldLeaveTheTargetEmptyIfTheFileIsDamaged(String kind) throws IOException {
    Environment source = embedded("source");
    Content before = fill(source);
    Path file = directory.resolve("copy.gz");
    run(0, source, "export", file);
    byte[] bytes = Files.readAllBytes(file);
    Path damaged = directory.resolve("damaged.gz");
    String text =
        new String(
            new GZIPInputStream(Files.newInputStream(file)).readAllBytes(), StandardCharsets.UTF_8);
    switch (kind) {
      case "cut" -> Files.write(damaged, Arrays.copyOf(bytes, bytes.length / 2));
      case "changed" -> zip(damaged, text.replaceFirst("stream\\.paused", "stream.resumed"));
      case "shortened" -> zip(damaged, text.substring(0, text.lastIndexOf("{\"lines\"")));
      default -> zip(damaged, "{\"a\":1}\n");
    }
    Environment target = postgres();
    assertThat(run(1, target, "import", damaged)).contains("Nothing was done: ");
    assertThat(content(target).events()).isEmpty();
    run(0, target, "import", file);
    assertThat(content(target).events()).isEqualTo(before.events());
  }

  private static void zip(Path file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
