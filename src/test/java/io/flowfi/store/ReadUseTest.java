package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryQuery;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** No use of the store waits for connections of another one. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ParameterizedClass
@EnumSource(TestStore.class)
class ReadUseTest {
  @Parameter TestStore kind;

  @TempDir Path directory;

  private static Map<ReadUse, List<Runnable>> reads(SqlStore store) {
    Map<ReadUse, List<Runnable>> reads = new EnumMap<>(ReadUse.class);
    reads.put(
        ReadUse.REQUESTS,
        List.of(
            () -> store.log().bounds(),
            () -> store.streams().find(new StreamId(1)),
            () -> store.streams().summary(RandomHistory.USERS.get(0), 0),
            () -> store.chain().cursor(),
            () -> store.totals().read(LedgerFixture.START)));
    reads.put(ReadUse.HISTORY, List.of(() -> store.history().page(newest())));
    reads.put(ReadUse.FEED, List.of(() -> store.feedLog().bounds()));
    reads.put(
        ReadUse.REPLAYS,
        List.of(
            () -> store.replayLog().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1),
            () -> store.replayLog().bounds()));
    reads.put(
        ReadUse.SNAPSHOTS,
        List.of(
            () ->
                store
                    .states()
                    .read(EventFilter.EVERYTHING, LogPosition.BEGINNING, new LogPosition(9), 1)));
    reads.put(ReadUse.HEALTH, List.of(() -> assertThat(store.isReadable(3)).isTrue()));
    return reads;
  }

  private static HistoryQuery newest() {
    return new HistoryQuery(
        Optional.empty(),
        Optional.empty(),
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        false,
        1,
        0);
  }

  @Test
  void shouldReadForEachUseThoughAllConnectionsOfTheOthersAreTaken() throws SQLException {
    try (SqlStore store = kind.open(directory)) {
      Map<ReadUse, List<Runnable>> reads = reads(store);
      assertThat(reads).containsOnlyKeys(ReadUse.values());
      Map<ReadUse, Throwable> waited = new EnumMap<>(ReadUse.class);
      for (ReadUse use : ReadUse.values()) {
        List<Connection> taken = allBut(use, store);
        try {
          reads.get(use).forEach(Runnable::run);
        } catch (RuntimeException | AssertionError e) {
          waited.put(use, e);
        } finally {
          for (Connection connection : taken) {
            connection.close();
          }
        }
      }
      assertThat(waited).isEmpty();
    }
  }

  private static List<Connection> allBut(ReadUse mine, SqlStore store) throws SQLException {
    List<Connection> taken = new ArrayList<>();
    for (ReadUse use : ReadUse.values()) {
      for (int i = 0; use != mine && i < use.connections(); i++) {
        taken.add(store.readers(use).getConnection());
      }
    }
    return taken;
  }
}
