package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.query.StreamQuery;
import java.lang.reflect.InvocationTargetException;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads with several statements ask for one state of the store. */
class ReadsTest {
  @TempDir Path directory;

  /** Isolation of each transaction that ended, in order. */
  private final List<Integer> asked = new ArrayList<>();

  private Reads reads(SqlStore store) {
    return new Reads(
        proxy(
            DataSource.class,
            store.readers(ReadUse.REQUESTS),
            (method, result) ->
                result instanceof Connection c
                    ? proxy(Connection.class, c, (of, r) -> observed(c, of, r))
                    : result));
  }

  private Object observed(Connection connection, String method, Object result) {
    if (method.equals("setTransactionIsolation")) {
      asked.add(isolation(connection));
    } else if (method.equals("commit")) {
      assertThat(isolation(connection))
          .as("while it reads")
          .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
    }
    return result;
  }

  private static int isolation(Connection connection) {
    try {
      return connection.getTransactionIsolation();
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface After {
    Object change(String method, Object result);
  }

  private static <T> T proxy(Class<T> type, T behind, After after) {
    return type.cast(
        Proxy.newProxyInstance(
            ReadsTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              try {
                return after.change(method.getName(), method.invoke(behind, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Test
  void shouldAskForOneStateWhereverSeveralLooksBelongTogether() {
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      new RandomHistory(fixture, 7).play(60);
      Reads reads = reads(fixture.store);
      StreamQueries streams = new SqlStreamQueries(reads);
      Map<String, Runnable> several = new LinkedHashMap<>();
      several.put(
          "snapshot",
          () ->
              new SqlStreamStates(reads, fixture.store.dialect())
                  .read(EventFilter.EVERYTHING, LogPosition.BEGINNING, new LogPosition(60), 10));
      several.put("history", () -> new SqlEventHistory(reads).page(history()));
      several.put("past", () -> streams.asOf(new StreamId(1), LedgerFixture.START));
      several.put("list", () -> streams.page(list()));
      several.put("sums", () -> streams.summary(RandomHistory.USERS.get(0), 0));
      several.forEach(
          (name, read) -> {
            asked.clear();
            read.run();
            assertThat(asked)
                .as("isolation in the %s, and what it is set back to", name)
                .startsWith(Connection.TRANSACTION_REPEATABLE_READ)
                .hasSize(2);
          });
    }
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
