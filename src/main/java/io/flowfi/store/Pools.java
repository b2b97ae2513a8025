package io.flowfi.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.flowfi.threads.DaemonThreads;
import javax.sql.DataSource;

/** The pools of a database. Their threads have names and end with them. */
public final class Pools {
  private static final String PREFIX = "ledger-";

  private Pools() {}

  /**
   * The beginning of a pool's settings.
   *
   * @param use what its connections are for; its threads are named after it
   * @param size how many connections it has at most
   * @param patienceMillis how long a caller waits for one of them
   */
  public static HikariConfig config(String use, DataSource source, int size, long patienceMillis) {
    HikariConfig pool = new HikariConfig();
    pool.setPoolName(PREFIX + use);
    pool.setThreadFactory(new DaemonThreads(PREFIX + use + ":pool"));
    pool.setDataSource(new PoolSource(source));
    pool.setMaximumPoolSize(size);
    pool.setConnectionTimeout(patienceMillis);
    return pool;
  }

  /** What a pool does now. */
  static PoolStatistics statistics(HikariDataSource pool) {
    HikariPoolMXBean now = pool.getHikariPoolMXBean();
    // none before the first connection of a pool that needs no server at once
    return new PoolStatistics(
        pool.getPoolName().substring(PREFIX.length()),
        now == null ? 0 : now.getActiveConnections(),
        now == null ? 0 : now.getIdleConnections(),
        now == null ? 0 : now.getThreadsAwaitingConnection(),
        pool.getMaximumPoolSize());
  }

  /**
   * Closes a pool that was made from {@link #config}, and ends its threads: one that is connecting
   * to a database that is down may sleep for seconds before it looks whether it is still needed.
   * What it still gets is closed, too.
   */
  public static void close(HikariDataSource pool) {
    pool.close();
    ((DaemonThreads) pool.getThreadFactory()).cutOff();
    ((PoolSource) pool.getDataSource()).close();
  }
}
