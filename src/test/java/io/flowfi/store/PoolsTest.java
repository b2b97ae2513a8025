package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import io.flowfi.logs.LoggedLines;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class PoolsTest {
  @TempDir Path directory;

  private final Queue<Connection> made = new ConcurrentLinkedQueue<>();
  private final CountDownLatch second = new CountDownLatch(2);

  /** The second connection comes when it is let through. */
  private final class SlowSource extends PlainSource {
    private final SQLiteDataSource file = new SQLiteDataSource();
    private volatile BooleanSupplier through = () -> false;

    SlowSource() {
      file.setUrl("jdbc:sqlite:" + directory.resolve("test.db"));
    }

    @Override
    public Connection getConnection() throws SQLException {
      second.countDown();
      while (second.getCount() == 0 && !through.getAsBoolean()) {
        Thread.onSpinWait(); // whatever interrupts it
      }
      Connection connection = file.getConnection();
      made.add(connection);
      return connection;
    }
  }

  /** HikariCP forgets it then. */
  @Test
  void shouldCloseAConnectionThatComesAfterTheEndOfItsPool() throws Exception {
    SlowSource source = new SlowSource();
    HikariDataSource pool = pool(source);
    second.await();
    Pools.close(pool);
    source.through = () -> true;
    assertThatAllAreClosed();
  }

  /** Anywhere between its first step and its last. */
  @Test
  void shouldCloseAConnectionThatComesAtTheEndOfItsPool() throws Exception {
    SlowSource source = new SlowSource();
    HikariDataSource pool = pool(source);
    second.await();
    source.through = pool::isClosed;
    Pools.close(pool);
    assertThatAllAreClosed();
  }

  /** A thread that makes connections needs a moment, on a busy machine at each stop. */
  @Test
  void shouldNotWarnOfAThreadThatEndsAMomentLater() throws Exception {
    SlowSource source = new SlowSource();
    HikariDataSource pool = pool(source);
    second.await();
    try (LoggedLines log = LoggedLines.of(HikariPool.class)) {
      long closed = System.nanoTime();
      source.through = () -> pool.isClosed() && System.nanoTime() - closed > 200_000_000;
      Pools.close(pool);
      assertThat(log.lines()).isEmpty();
    }
    assertThatAllAreClosed();
  }

  private static HikariDataSource pool(SlowSource source) {
    HikariConfig config = Pools.config("test", source, 2, 1_000);
    return new HikariDataSource(config);
  }

  private void assertThatAllAreClosed() {
    await().untilAsserted(() -> assertThat(made).hasSize(2).allMatch(PoolsTest::isClosed));
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
