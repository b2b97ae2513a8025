package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads with several queries see one state of the store, and cannot write. */
class ReadsTest {
  private static final String ONE_STATE =
      "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

  @TempDir Path directory;
  private LedgerFixture fixture;

  /** The statements on the readers' connections, in order. */
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(directory);
    new RandomHistory(fixture, 7).play(60);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Reads reads(Dialect dialect) {
    DataSource readers = fixture.store.readers(ReadUse.REQUESTS);
    return new Reads(
        proxy(
            DataSource.class,
            (method, arguments) ->
                method.getName().equals("getConnection")
                    ? listened((Connection) method.invoke(readers, arguments))
                    : method.invoke(readers, arguments)),
        dialect);
  }

  private Connection listened(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          switch (method.getName()) {
            case "prepareStatement" -> said.add((String) arguments[0]);
            case "setAutoCommit" -> said.add("auto-commit " + arguments[0]);
            case "setTransactionIsolation", "setReadOnly", "createStatement", "commit" ->
                said.add(method.getName());
            default -> {}
          }
          if (method.getName().equals("prepareStatement") && ONE_STATE.equals(arguments[0])) {
            arguments[0] = "SELECT 1"; // SQLite does not know the words
          }
          return method.invoke(connection, arguments);
        });
  }

  private interface Call {
    Object answer(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            ReadsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return call.answer(method, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  /** A database that must be asked, as PostgreSQL must; SQLite still runs the statements. */
  private Dialect askedForOneState() {
    Dialect sqlite = fixture.store.dialect();
    return proxy(
        Dialect.class,
        (method, arguments) ->
            method.getName().equals("readsAreSnapshots")
                ? false
                : method.invoke(sqlite, arguments));
  }

  private static Map<String, Runnable> readsWithSeveralQueries(Reads reads, Dialect dialect) {
    StreamQueries streams = new SqlStreamQueries(reads);
    SqlStreamStates states = new SqlStreamStates(reads, dialect);
    Map<String, Runnable> several = new LinkedHashMap<>();
    several.put(
        "snapshot",
        () -> states.read(EventFilter.EVERYTHING, LogPosition.BEGINNING, new LogPosition(60), 10));
    several.put(
        "history", () -> new SqlEventHistory(reads, new LogIdentity("test")).page(history()));
    several.put("past", () -> streams.asOf(new StreamId(1), LedgerFixture.START - 1));
    several.put("list", () -> streams.page(list()));
    several.put("sums", () -> streams.summary(RandomHistory.USERS.get(0), 0));
    several.put("counts of the chain", () -> new SqlChainRecords(reads).counts());
    return several;
  }

  @Test
  void shouldAskForOneStateAndReadOnlyBeforeTheFirstQuery() {
    Dialect dialect = askedForOneState();
    readsWithSeveralQueries(reads(dialect), dialect)
        .forEach(
            (name, read) -> {
              said.clear();
              read.run();
              assertThat(said)
                  .as(name)
                  .startsWith("auto-commit false", ONE_STATE)
                  .endsWith("commit", "auto-commit true")
                  .hasSizeGreaterThan(5);
            });
  }

  @Test
  void shouldAskForNothingIfEveryReadIsASnapshot() {
    Dialect dialect = fixture.store.dialect();
    readsWithSeveralQueries(reads(dialect), dialect)
        .forEach(
            (name, read) -> {
              said.clear();
              read.run();
              assertThat(said)
                  .as(name)
                  .startsWith("auto-commit false")
                  .endsWith("commit", "auto-commit true");
              assertThat(said.subList(1, said.size() - 2))
                  .as(name)
                  .hasSizeGreaterThan(1)
                  .allMatch(statement -> statement.matches("(SELECT|WITH) .*"));
            });
  }

  /** The promise that the dialect of the embedded database makes. */
  @Test
  void shouldReadOneStateOfTheEmbeddedDatabaseAndNotWrite() {
    Reads reads = reads(fixture.store.dialect());
    LogBounds before = fixture.store.log().bounds();
    reads.ofOneState(
        handle -> {
          assertThat(SqlEventLog.bounds(handle)).isEqualTo(before);
          fixture.run(LedgerFixture.create());
          assertThat(SqlEventLog.bounds(handle)).as("while others write").isEqualTo(before);
          assertThatThrownBy(() -> handle.execute("UPDATE log_head SET seq = seq + 1"))
              .isInstanceOf(JdbiException.class)
              .hasMessageContaining("readonly");
          return null;
        });
    assertThat(fixture.store.log().bounds().head()).isEqualTo(before.head().next());
  }

  private static HistoryQuery history() {
    return new HistoryQuery(
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        true,
        10,
        0);
  }

  private static StreamQuery list() {
    return new StreamQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        StreamQuery.Sort.CREATED,
        true,
        Optional.empty(),
        10,
        0);
  }
}
