package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of a few megabytes that really is full: also for the journal of the database. */
class FullDiskTest {
  @TempDir Path disk;

  private final List<LogPosition> acknowledged = new ArrayList<>();
  private boolean mounted;

  @BeforeEach
  void mount() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk.toString());
    assumeTrue(mounted, "not tested: only root can mount a small disk");
  }

  /** Lazily: the library of SQLite, which was unpacked there, stays open. */
  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", "--lazy", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Test
  void shouldRefuseCommandsLoseNothingAndGoOnWhenThereIsSpace() throws IOException {
    Path ballast = disk.resolve("ballast");
    Path data = disk.resolve("data");
    try (LedgerFixture fixture = new LedgerFixture(data)) {
      create(fixture);
      fill(ballast);
      for (int round = 0; round < 3; round++) {
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    create(fixture);
                  }
                })
            .isInstanceOf(LedgerException.Unavailable.class);
        assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.FAILING);
        assertAllIsThere(fixture);
        Files.delete(ballast);
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> fixture.ledger.state() == StreamLedger.State.ACCEPTING);
        create(fixture);
        fill(ballast);
      }
      assertAllIsThere(fixture);
    }
    Files.delete(ballast);
    try (LedgerFixture again = new LedgerFixture(data)) {
      assertAllIsThere(again);
      create(again);
      assertAllIsThere(again);
    }
  }

  private void create(LedgerFixture fixture) {
    acknowledged.add(fixture.run(LedgerFixture.create()).events().get(0).position());
  }

  /** Acknowledged, and nothing that was refused. */
  private void assertAllIsThere(LedgerFixture fixture) {
    assertThat(
            fixture
                .store
                .log()
                .read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000)
                .events())
        .extracting(event -> event.position())
        .isEqualTo(acknowledged);
    assertThat(acknowledged.get(acknowledged.size() - 1).value()).isEqualTo(acknowledged.size());
  }

  /** Until not one byte fits any more. */
  private static void fill(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] block = new byte[4096];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(Files.size(file)).isPositive();
    }
  }
}
