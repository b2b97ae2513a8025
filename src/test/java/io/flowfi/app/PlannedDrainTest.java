package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.config.DrainSettings;
import io.flowfi.health.Drain.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PlannedDrainTest {
  private static final Duration DELAY = Duration.ofMillis(200);

  /** How long after the beginning clients were told, and over which time. */
  private record Told(Duration after, Duration window) {}

  private static Told told(Duration window, Optional<Duration> wanted) {
    List<Told> told = new CopyOnWriteArrayList<>();
    long begun = System.nanoTime();
    try (PlannedDrain drain =
        new PlannedDrain(
            new DrainSettings(DELAY, window),
            over -> told.add(new Told(Duration.ofNanos(System.nanoTime() - begun), over)),
            InstantSource.system())) {
      assertThat(drain.trouble()).isEmpty();
      drain.begin(wanted);
      assertThat(drain.trouble()).as("at once").isPresent();
      drain.begin(Optional.of(Duration.ofDays(1))); // who asks again changes nothing
      await().until(() -> drain.status().state() == State.DRAINED);
      assertThat(drain.trouble()).isPresent();
    }
    assertThat(told).hasSize(1);
    return told.get(0);
  }

  /** A balancer needs that time to notice. */
  @Test
  void shouldBeUnreadyForTheDelayBeforeItTellsAnybody() {
    assertThat(told(Duration.ZERO, Optional.empty()).after()).isGreaterThanOrEqualTo(DELAY);
  }

  @Test
  void shouldTellThemOverTheWindowThatIsAskedForOrElseThatOfTheSettings() {
    Duration ofSettings = Duration.ofSeconds(7);
    assertThat(told(ofSettings, Optional.empty()).window()).isEqualTo(ofSettings);
    assertThat(told(ofSettings, Optional.of(Duration.ZERO)).window()).isEqualTo(Duration.ZERO);
    assertThat(told(Duration.ZERO, Optional.empty()).window()).isEqualTo(Duration.ofSeconds(30));
  }

  /** Whoever was not told yet to reconnect is not told it after the node was taken back. */
  @Test
  @Timeout(30)
  void shouldSendNobodyAwayOnceItIsTakenBack() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (PlannedDrain drain =
        new PlannedDrain(
            new DrainSettings(Duration.ZERO, Duration.ZERO),
            window -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await(window.toNanos(), TimeUnit.NANOSECONDS);
              } catch (InterruptedException e) {
                ended.countDown();
                Thread.currentThread().interrupt();
              }
            },
            InstantSource.system())) {
      drain.begin(Optional.of(Duration.ofMinutes(10)));
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(drain.end().state()).isEqualTo(State.SERVING);
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(drain.trouble()).isEmpty();
    }
  }
}
