package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.flowfi.cluster.NodeStore;
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
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TcpProxy;
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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The log moves from the embedded database to PostgreSQL and back. */
class TransferTest {
  private static final CommandRequest KEYED =
      new CommandRequest(
          LedgerFixture.topUp(1, 7, "key"),
          Optional.empty(),
          Optional.of(new IdempotencyKey("me", "k", "d")));

  private static final String DONE = "Done." + System.lineSeparator();

  private static final String LOCK_NOT_AVAILABLE = "55P03";

  /** The bits of an id above 2^63 that needs all of them. */
  private static final long HUGE = Long.MIN_VALUE + 5;

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
    PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertThat(transfer(environment, out, what, file, folders)).as("%s", said).isEqualTo(code);
    return said.toString(StandardCharsets.UTF_8);
  }

  private static int transfer(
      Environment environment, PrintStream out, String what, Path file, Path... folders) {
    return Transfer.run(
        Stream.concat(Stream.of(what, file.toString()), Stream.of(folders).map(Path::toString))
            .toArray(String[]::new),
        environment,
        out);
  }

  private interface Step {
    void run() throws Exception;
  }

  /**
   * Runs it to its end.
   *
   * @param meanwhile after each table
   */
  private static void run(Environment environment, String what, Path file, Step meanwhile) {
    PrintStream out =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
          @Override
          public void println(String line) {
            if (!line.equals("Done.")) {
              assertThatCode(meanwhile::run).doesNotThrowAnyException();
            }
          }
        };
    assertThat(transfer(environment, out, what, file)).isZero();
  }

  /** With amounts of 39 digits, ids above 2^63, and a reference that JSON must escape. */
  private Content fill(Environment environment) {
    try (LedgerFixture fixture =
        new LedgerFixture(open(environment), null, LedgerSettings.DEFAULT, () -> {})) {
      fixture.run(LedgerFixture.create());
      fixture.run(LedgerFixture.create(Optional.of(new StreamId(HUGE)), 3, 4));
      fixture.run(KEYED);
      for (int i = 0; i < 30; i++) {
        StreamCommand.TopUp command = LedgerFixture.topUp(HUGE, 1, "x");
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
    Path nameless = directory.resolve("nameless.gz");
    zip(nameless, sealed(lines(file).replaceFirst(",\"log\":\"[a-z]+\"", "")));
    assertThat(run(1, whole, "import", nameless, folder)).contains("does not say which log it is");
    assertThat(content(whole).events()).isEmpty();
    assertThat(run(0, whole, "import", file, folder))
        .contains("archived events: " + (before.events().size() - 3) + " rows");
    assertThat(content(whole).events()).isEqualTo(before.events());
    assertThat(content(whole).streams()).isEqualTo(before.streams());
    Environment cut = embedded("short");
    run(0, cut, "import", file);
    assertThat(content(cut).events()).isEqualTo(left);
  }

  /** Of the table, and of the archive. */
  @Test
  void shouldReadManyMoreRowsThanGoIntoTheDatabaseAtOnce() throws Exception {
    Environment source = embedded("source");
    try (LedgerFixture fixture =
        new LedgerFixture(open(source), null, LedgerSettings.DEFAULT, () -> {})) {
      Stream.generate(() -> CommandRequest.of(LedgerFixture.create()))
          .limit(2_500)
          .map(fixture.ledger::submit)
          .toList()
          .forEach(answer -> answer.toCompletableFuture().join());
    }
    Content before = content(source);
    assertThat(before.events()).hasSize(2_500);
    Path whole = directory.resolve("whole.gz");
    run(0, source, "export", whole);
    Path archive = directory.resolve("archive");
    cutTo(3, source, archive);
    Path rest = directory.resolve("rest.gz");
    run(0, source, "export", rest);

    Environment copy = postgres();
    run(0, copy, "import", whole);
    assertThat(content(copy).events()).isEqualTo(before.events());
    Environment again = embedded("again");
    run(0, again, "import", rest, archive.resolve(before.identity().text()));
    assertThat(content(again).events()).isEqualTo(before.events());
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

  /** For a backup while nodes run. */
  @Test
  void shouldCopyOneStateOfADatabaseThatIsWrittenTo() {
    Environment source = postgres();
    Content before = fill(source);
    Path file = directory.resolve("copy.gz");
    try (LedgerFixture node =
        new LedgerFixture(open(source), null, LedgerSettings.DEFAULT, () -> {})) {
      run(source, "export", file, () -> node.run(LedgerFixture.topUp(1, 1, "meanwhile")));
      assertThat(node.heard).hasSizeGreaterThan(5);
    }
    Environment copy = embedded("copy");
    run(0, copy, "import", file);
    assertThat(content(copy).events()).isEqualTo(before.events());
    assertThat(content(copy).streams()).isEqualTo(before.streams());
    try (SqlStore store = open(copy)) {
      assertThat(store.log().bounds().head().value()).isEqualTo(before.events().size());
    }
  }

  /** What a node wrote meanwhile would be missing in the file, or be overwritten by it. */
  @Test
  void shouldLetNobodyWriteUntilTheLogHasMoved() {
    Environment source = postgres();
    fill(source);
    Path file = directory.resolve("log.gz");
    List<String> refused = new ArrayList<>();
    run(source, "move", file, () -> refused.add(stateOfALock(source)));
    Environment target = postgres();
    run(target, "import", file, () -> refused.add(stateOfALock(target)));
    assertThat(refused).hasSizeGreaterThan(10).containsOnly(LOCK_NOT_AVAILABLE);
    assertThat(stateOfALock(source)).isEqualTo("free");
  }

  /** Of what every writer locks first. */
  private static String stateOfALock(Environment environment) {
    try (Connection writer = connect(environment);
        Statement statement = writer.createStatement()) {
      statement.execute("SELECT 1 FROM log_head FOR UPDATE NOWAIT");
      return "free";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private static Connection connect(Environment environment) throws SQLException {
    String url = ServerSettings.from(environment).postgres().orElseThrow().toString();
    return PostgresServer.connectTo(url.replace("://", "://flowfi@") + "?sslmode=disable");
  }

  /** Only a copy may be made beside them. */
  @Test
  void shouldRefuseWhileNodesRun() {
    Environment source = postgres();
    Content before = fill(source);
    Environment target = postgres();
    Path copy = directory.resolve("copy.gz");
    Path moved = directory.resolve("moved.gz");
    NodeStore.Report node =
        new NodeStore.Report(
            "id", Optional.of("east"), Optional.empty(), "1", 0, 1, LogPosition.BEGINNING);
    try (SqlStore running = open(source);
        SqlStore waiting = open(target)) {
      running.cluster().orElseThrow().nodes().report(node, Map.of());
      waiting.cluster().orElseThrow().nodes().report(node, Map.of());
      run(0, source, "export", copy);
      assertThat(run(1, source, "move", moved)).contains("nodes run with this database (east)");
      assertThat(run(1, target, "import", copy)).contains("nodes run with this database (east)");
      running.cluster().orElseThrow().nodes().leave("id");
      waiting.cluster().orElseThrow().nodes().leave("id");
    }
    run(0, source, "move", moved);
    run(0, target, "import", moved);
    assertThat(content(target)).isEqualTo(before);
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
  @ValueSource(strings = {"cut", "changed", "shortened", "lengthened", "other"})
  void shouldLeaveTheTargetEmptyIfTheFileIsDamaged(String kind) throws IOException {
    Environment source = embedded("source");
    Content before = fill(source);
    Path file = directory.resolve("copy.gz");
    run(0, source, "export", file);
    byte[] bytes = Files.readAllBytes(file);
    Path damaged = directory.resolve("damaged.gz");
    String text = lines(file);
    switch (kind) {
      case "cut" -> Files.write(damaged, Arrays.copyOf(bytes, bytes.length / 2));
      case "changed" -> zip(damaged, text.replaceFirst("stream\\.paused", "stream.resumed"));
      case "shortened" -> zip(damaged, text.substring(0, text.lastIndexOf("{\"lines\"")));
      case "lengthened" -> zip(damaged, text + "[1]\n");
      default -> zip(damaged, "{\"a\":1}\n");
    }
    Environment target = postgres();
    assertThat(run(1, target, "import", damaged)).contains("Nothing was done: ");
    assertThat(content(target).events()).isEmpty();
    run(0, target, "import", file);
    assertThat(content(target).events()).isEqualTo(before.events());
  }

  /** Neither a file nor a part of one; and a log that was to move is still what it was. */
  @ParameterizedTest
  @ValueSource(strings = {"export", "move"})
  void shouldLeaveNoFileIfItFailsInTheMiddle(String what) {
    Path file = directory.resolve("log.gz");
    for (Environment source : List.of(embedded("source"), postgres())) {
      Content before = fill(source);
      assertThat(transfer(source, failingBehind("events"), what, file)).isEqualTo(1);
      assertThat(directory).isDirectoryNotContaining("glob:**log.gz*");
      assertThat(content(source)).isEqualTo(before);
    }
  }

  /** A process that is killed in the middle leaves what is there then. */
  @ParameterizedTest
  @ValueSource(strings = {"export", "move"})
  void shouldGiveTheFileItsNameWhenItIsWhole(String what) {
    Path file = directory.resolve("log.gz");
    Environment source = embedded("source");
    fill(source);
    AtomicInteger tables = new AtomicInteger();
    run(
        source,
        what,
        file,
        () -> {
          tables.incrementAndGet();
          assertThat(file).doesNotExist();
        });
    assertThat(tables).hasPositiveValue();
    assertThat(file).exists();
  }

  @Test
  void shouldLeaveTheTargetEmptyIfItFailsInTheMiddle() {
    Environment source = embedded("source");
    Content before = fill(source);
    Path file = directory.resolve("log.gz");
    run(0, source, "export", file);
    for (Environment target : List.of(embedded("target"), postgres())) {
      assertThat(transfer(target, failingBehind("events"), "import", file)).isEqualTo(1);
      assertThat(content(target).events()).isEmpty();
      assertThat(content(target).streams()).isEmpty();
      run(0, target, "import", file);
      assertThat(content(target).events()).isEqualTo(before.events());
    }
  }

  /** The file and the database would be the same log. */
  @Test
  void shouldLeaveNoFileIfTheDatabaseDoesNotGiveItUp() throws Exception {
    Environment source = postgres();
    Content before = fill(source);
    try (Connection connection = connect(source);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION refuse() RETURNS TRIGGER AS"
              + " $$ BEGIN RAISE EXCEPTION 'it stays'; END $$ LANGUAGE plpgsql");
      statement.execute(
          "CREATE TRIGGER stays BEFORE DELETE ON log_identity EXECUTE FUNCTION refuse()");
    }
    assertStays(source, before);
  }

  /** At its very end: a constraint that is looked at by the commit. */
  @Test
  void shouldLeaveNoFileIfTheDatabaseRefusesTheCommit() throws Exception {
    Environment source = postgres();
    Content before = fill(source);
    atCommit(source, "RAISE EXCEPTION 'it stays'");
    assertStays(source, before);
  }

  private void assertStays(Environment source, Content before) {
    Path file = directory.resolve("log.gz");
    assertThat(run(1, source, "move", file)).contains("Nothing was done: ").contains("it stays");
    assertThat(directory).isDirectoryNotContaining("glob:**log.gz*");
    assertThat(content(source)).isEqualTo(before);
  }

  /** Runs when a transaction that gives up the identity is committed. */
  private static void atCommit(Environment environment, String what) throws SQLException {
    try (Connection connection = connect(environment);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE FUNCTION at_commit() RETURNS TRIGGER AS $$ BEGIN "
              + what
              + "; RETURN NULL; END $$ LANGUAGE plpgsql");
      statement.execute(
          "CREATE CONSTRAINT TRIGGER at_commit AFTER DELETE ON log_identity DEFERRABLE"
              + " INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit()");
    }
  }

  /** The database is the only one that knows what became of it. */
  @Test
  void shouldHaveMovedThoughTheAnswerToTheCommitIsLost() throws Exception {
    Environment source = postgres();
    Content before = fill(source);
    Path file = directory.resolve("log.gz");
    assertThat(runLosingTheLastAnswer(source, "move", file)).endsWith(DONE);
    Environment target = embedded("target");
    run(0, target, "import", file);
    assertThat(content(target)).isEqualTo(before);
    assertThat(content(source).identity()).isNotEqualTo(before.identity());
  }

  @Test
  void shouldHaveImportedThoughTheAnswerToTheCommitIsLost() throws Exception {
    Environment source = embedded("source");
    Content before = fill(source);
    Path file = directory.resolve("log.gz");
    run(0, source, "move", file);
    Environment target = postgres();
    assertThat(content(target).events()).isEmpty();
    assertThat(runLosingTheLastAnswer(target, "import", file)).endsWith(DONE);
    assertThat(content(target)).isEqualTo(before);
  }

  @Test
  void shouldHaveImportedNothingIfTheDatabaseRefusesTheCommit() throws Exception {
    Environment source = embedded("source");
    fill(source);
    Path file = directory.resolve("log.gz");
    run(0, source, "move", file);
    Environment target = postgres();
    Content empty = content(target);
    atCommit(target, "RAISE EXCEPTION 'it stays empty'");
    assertThat(run(1, target, "import", file))
        .contains("Nothing was done: ")
        .contains("it stays empty");
    assertThat(content(target)).isEqualTo(empty);
  }

  /** It is cut off while the database commits. */
  private static String runLosingTheLastAnswer(Environment environment, String what, Path file)
      throws Exception {
    atCommit(environment, "PERFORM pg_advisory_xact_lock(7)");
    int port = TestStore.postgres().port();
    try (TcpProxy proxy = new TcpProxy(port);
        Connection holder = connect(environment);
        Statement statement = holder.createStatement()) {
      String url = environment.text("DATABASE_URL").orElseThrow();
      Environment through =
          new Environment(
              Map.of("DATABASE_URL", url.replace(":" + port + "/", ":" + proxy.port() + "/")),
              Map.of());
      statement.execute("SELECT pg_advisory_lock(7)");
      CompletableFuture<String> said =
          CompletableFuture.supplyAsync(() -> run(0, through, what, file));
      await().atMost(Duration.ofSeconds(30)).until(() -> waits(statement));
      proxy.cut();
      statement.execute("SELECT pg_advisory_unlock(7)");
      return said.get(30, TimeUnit.SECONDS);
    }
  }

  private static boolean waits(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
                + " (SELECT oid FROM pg_database WHERE datname = current_database())")) {
      return row.next();
    }
  }

  /** Throws when a table is done, and others are not. */
  private static PrintStream failingBehind(String table) {
    return new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8) {
      @Override
      public void println(String line) {
        if (line.startsWith(table + ": ")) {
          throw new IllegalStateException("in the middle");
        }
      }
    };
  }

  /** Whole, but not what this version writes: nothing of it may get into a statement. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"schema\":\"[0-9]+\"|\"schema\":\"99999\"|a later version of FlowFi Events (schema 99999)",
        "\"form\":\"flowfi-log-1\"|\"form\":\"flowfi-log-2\"|no export of a log in the form flowfi-log-1",
        "\"table\":\"idempotency_keys\"|\"table\":\"tickets\"|a table that is not known",
        "\"table\":\"idempotency_keys\"|\"table\":\"streams\"|a table that is not known",
        "\"idempotency_key\"|\"digest) SELECT 1 --\"|a column that is not known",
        "(?m)^\\[1,|[1,1,|a row is not as wide as its table",
        "(?s)\\{\"table\":\"idempotency_keys\".*(?=\\{\"table\":\"log_head)|''|its checksum is not that of its lines"
      })
  void shouldTakeOnlyWhatAnExportWrites(String found, String changed, String why)
      throws IOException {
    Environment source = embedded("source");
    Content before = fill(source);
    Path file = directory.resolve("copy.gz");
    run(0, source, "export", file);
    String right = lines(file);
    String text = right.replaceFirst(found, changed);
    assertThat(text).isNotEqualTo(right);
    Path other = directory.resolve("other.gz");
    zip(other, sealed(text));
    Environment target = embedded("target");
    assertThat(run(1, target, "import", other)).contains("Nothing was done: ").contains(why);
    assertThat(content(target).events()).isEmpty();
    zip(other, sealed(right));
    run(0, target, "import", other);
    assertThat(content(target).events()).isEqualTo(before.events());
  }

  /** It has no table that came later. */
  @Test
  void shouldTakeTheFileOfAnEarlierVersion() throws IOException {
    Environment source = embedded("source");
    try (LedgerFixture fixture =
        new LedgerFixture(open(source), null, LedgerSettings.DEFAULT, () -> {})) {
      fixture.run(LedgerFixture.create());
    }
    Content before = content(source);
    Path file = directory.resolve("copy.gz");
    run(0, source, "export", file);
    String text =
        lines(file)
            .replaceFirst("\"schema\":\"[0-9]+\"", "\"schema\":\"7\"")
            .replaceAll(
                "(?m)^\\{\"table\":\"chain_(events|event_counts|quarantine|fault)\".*\n", "");
    Path earlier = directory.resolve("earlier.gz");
    zip(earlier, sealed(text));
    Environment target = embedded("target");
    run(0, target, "import", earlier);
    assertThat(content(target).events()).isEqualTo(before.events());
  }

  private static String lines(Path file) throws IOException {
    return new String(
        new GZIPInputStream(Files.newInputStream(file)).readAllBytes(), StandardCharsets.UTF_8);
  }

  /** With the last line that belongs to the lines before it. */
  private static String sealed(String text) {
    String lines = text.substring(0, text.lastIndexOf("{\"lines\""));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
      return "%s{\"lines\":%d,\"sha256\":\"%s\"}\n"
          .formatted(lines, lines.lines().count(), HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void zip(Path file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
