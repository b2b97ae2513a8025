package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.store.PoolStatistics;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFiguresTest {
  private static final List<PoolStatistics> POOLS =
      List.of(
          new PoolStatistics("writer", 1, 2, 3, 4), new PoolStatistics("history", 50, 60, 70, 80));

  @TempDir private Path data;

  private static Map<String, Double> read(Path data) {
    return PrometheusText.values(readings -> new StoreFigures(() -> POOLS, data, readings));
  }

  @Test
  void shouldShowEachPoolByItself() {
    assertThat(read(data))
        .containsEntry("flowfi_database_connections_activewriter", 1.0)
        .containsEntry("flowfi_database_connections_idlewriter", 2.0)
        .containsEntry("flowfi_database_connections_waitingwriter", 3.0)
        .containsEntry("flowfi_database_connections_limitwriter", 4.0)
        .containsEntry("flowfi_database_connections_activehistory", 50.0)
        .containsEntry("flowfi_database_connections_idlehistory", 60.0)
        .containsEntry("flowfi_database_connections_waitinghistory", 70.0)
        .containsEntry("flowfi_database_connections_limithistory", 80.0);
  }

  @Test
  void shouldShowTheDiskOfTheDataFolder() throws IOException {
    FileStore disk = Files.getFileStore(data);
    Map<String, Double> read = read(data);
    assertThat(read).containsEntry("flowfi_disk_size_bytes", (double) disk.getTotalSpace());
    // others write meanwhile
    assertThat(read.get("flowfi_disk_free_bytes"))
        .isCloseTo(disk.getUsableSpace(), Percentage.withPercentage(10));
  }

  @Test
  void shouldLeaveOutADiskThatCannotBeRead() {
    assertThat(read(data.resolve("gone")))
        .containsKey("flowfi_database_connections_activewriter")
        .containsEntry("flowfi_figures_failed", 0.0)
        .doesNotContainKeys("flowfi_disk_free_bytes", "flowfi_disk_size_bytes");
  }
}
