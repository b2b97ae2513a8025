package io.flowfi.metrics;

import io.flowfi.store.PoolStatistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Connections to the database, and the disk. */
public final class StoreFigures implements Figures {
  private record Disk(long free, long size) {}

  private final Supplier<List<PoolStatistics>> pools;
  private final LatestReading<Disk> disk;

  /**
   * @param data the folder of the embedded database and of the audit log
   */
  public StoreFigures(
      Supplier<List<PoolStatistics>> pools, Path data, Exposition.Readings readings) {
    this.pools = pools;
    this.disk = readings.of(() -> disk(data));
  }

  private static Disk disk(Path data) {
    try {
      FileStore on = Files.getFileStore(data);
      return new Disk(on.getUsableSpace(), on.getTotalSpace());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void writeTo(Sheet sheet) {
    List<PoolStatistics> now = pools.get();
    sheet.gauge(
        "database_connections_active",
        "Connections to the database that work now, by use",
        "pool",
        by(now, PoolStatistics::active));
    sheet.gauge(
        "database_connections_idle",
        "Connections to the database that are open and free, by use",
        "pool",
        by(now, PoolStatistics::idle));
    sheet.gauge(
        "database_connections_waiting",
        "Threads that wait for a connection to the database, by use",
        "pool",
        by(now, PoolStatistics::waiting));
    sheet.gauge(
        "database_connections_limit",
        "Connections to the database that there may be, by use",
        "pool",
        by(now, PoolStatistics::limit));
    disk.value()
        .ifPresent(
            known -> {
              sheet.gauge("disk_free_bytes", "Room on the disk of FLOWFI_DATA_DIR", known.free());
              sheet.gauge("disk_size_bytes", "Size of that disk", known.size());
            });
  }

  private static Map<String, Integer> by(
      List<PoolStatistics> pools, ToIntFunction<PoolStatistics> count) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    pools.forEach(pool -> counts.put(pool.use(), count.applyAsInt(pool)));
    return counts;
  }
}
