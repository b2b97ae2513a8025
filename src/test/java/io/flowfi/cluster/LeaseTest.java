package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.LogPosition;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of two nodes one has a task. */
@Timeout(60)
class LeaseTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private SqlStore one;
  private SqlStore other;

  @BeforeEach
  void open() {
    String database = TestStore.postgres().newDatabase();
    one = PostgresStore.open(PostgresSettings.parse(database));
    other = PostgresStore.open(PostgresSettings.parse(database));
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private static LeaseStore leases(SqlStore store) {
    return store.cluster().orElseThrow().leases();
  }

  @Test
  void shouldGiveATaskToOneNodeUntilItGivesItBack() {
    assertThat(leases(one).hold("chain", "one", LONG)).isTrue();
    assertThat(leases(other).hold("chain", "other", LONG)).isFalse();
    assertThat(leases(other).hold("another task", "other", LONG)).isTrue();
    assertThat(leases(one).hold("chain", "one", LONG)).isTrue();

    assertThat(leases(other).holder("chain"))
        .contains(new LeaseStore.Holder("one", Optional.empty()));
    assertThat(leases(other).holder("a task of nobody")).isEmpty();
    one.cluster()
        .orElseThrow()
        .nodes()
        .report(
            new NodeStore.Report(
                "one", Optional.of("east"), Optional.empty(), "1", 0, 10, new LogPosition(0)),
            Map.of());
    assertThat(leases(other).holder("chain"))
        .contains(new LeaseStore.Holder("one", Optional.of("east")));

    leases(other).giveBack("chain", "other");
    assertThat(leases(other).hold("chain", "other", LONG)).isFalse();
    leases(one).giveBack("chain", "one");
    assertThat(leases(other).hold("chain", "other", LONG)).isTrue();
    assertThat(leases(one).hold("chain", "one", LONG)).isFalse();
  }

  @Test
  void shouldTakeATaskOverWhenItsTimeIsOver() {
    assertThat(leases(one).hold("chain", "one", Duration.ofMillis(300))).isTrue();
    await().atMost(Duration.ofSeconds(20)).until(() -> leases(other).holder("chain").isEmpty());
    await().atMost(Duration.ofSeconds(20)).until(() -> leases(other).hold("chain", "other", LONG));
    assertThat(leases(one).hold("chain", "one", LONG)).isFalse();
  }
}
