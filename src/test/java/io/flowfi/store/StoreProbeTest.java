package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.servers.TestStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Readiness answers in time, whatever the store and other reads are doing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@ParameterizedClass
@EnumSource(TestStore.class)
class StoreProbeTest {
  @Parameter TestStore kind;

  @TempDir Path directory;

  /** The store's own connections, given out only after the latch opens. */
  private static DataSource hanging(SqlStore store, CountDownLatch latch, AtomicInteger asked) {
    DataSource real = store.readers(ReadUse.HEALTH);
    return (DataSource)
        Proxy.newProxyInstance(
            DataSource.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> {
              asked.incrementAndGet();
              latch.await();
              return method.invoke(real, arguments);
            });
  }

  @Test
  void shouldNotWaitForAStoreThatHangsAndAskItOnlyOnce() {
    CountDownLatch latch = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    try (SqlStore store = kind.open(directory);
        StoreProbe probe = new StoreProbe(hanging(store, latch, asked))) {
      for (int i = 0; i < 10; i++) {
        assertThat(probe.answersWithin(Duration.ofMillis(5))).isFalse();
      }
      assertThat(asked).hasValueLessThanOrEqualTo(1);
      latch.countDown();
      await().untilAsserted(() -> assertThat(probe.answersWithin(Duration.ofSeconds(5))).isTrue());
    }
  }

  @Test
  void shouldAnswerThoughEveryOtherConnectionIsTaken() throws SQLException {
    try (SqlStore store = kind.open(directory)) {
      List<Connection> taken = new ArrayList<>();
      try {
        for (ReadUse use : ReadUse.values()) {
          for (int i = 0; use != ReadUse.HEALTH && i < use.connections(); i++) {
            taken.add(store.readers(use).getConnection());
          }
        }
        assertThat(taken).hasSizeGreaterThanOrEqualTo(ReadUse.values().length - 1);
        assertThat(store.isReadable(10)).isTrue();
      } finally {
        for (Connection connection : taken) {
          connection.close();
        }
      }
    }
  }

  @Test
  void shouldSayThatAClosedStoreCannotBeRead() {
    SqlStore store = kind.open(directory);
    store.close();
    assertThat(store.isReadable(10)).isFalse();
  }
}
