package io.flowfi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.LogPosition;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That a node says it lives, whatever has happened to it. */
@Timeout(60)
class PulseTest {
  private static final NodeStore.Report REPORT =
      new NodeStore.Report(
          "node", Optional.empty(), Optional.empty(), "1", 0, 10, LogPosition.BEGINNING);

  @Test
  void shouldReportOnAfterAnError() {
    AtomicInteger reports = new AtomicInteger();
    try (SqlStore store =
            PostgresStore.open(PostgresSettings.parse(TestStore.postgres().newDatabase()));
        Cluster cluster =
            new Cluster(
                store.cluster().orElseThrow(),
                store.secret(),
                "node",
                () -> {
                  if (reports.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("for a moment");
                  }
                  return REPORT;
                },
                ClockDoubt.NONE,
                Clocks.system())) {
      cluster.start();
      await().atMost(Duration.ofSeconds(20)).until(() -> cluster.live().size() == 1);
      assertThat(cluster.live().get(0).report()).isEqualTo(REPORT);
    }
  }
}
