package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.QuickLooks;
import io.flowfi.counts.Arrivals;
import io.flowfi.frames.ControlFrames;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whom a node that stops sends away when. */
@ExtendWith(QuickLooks.class)
@Timeout(60)
class DepartureTest {
  private static final int CROWD = 1000;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final FanOutSettings settings = FanOutSettings.defaults();
  private final MemoryLog log = new MemoryLog();
  private final FrameRing ring = new FrameRing(1024, 1 << 20, 0);
  private final BacklogReaders readers = new BacklogReaders(log, 1);
  private final Pump pump =
      new Pump(
          0,
          ring,
          readers,
          settings,
          new ControlFrames(settings, new LogIdentity("test")),
          InstantSource.system(),
          new Arrivals());
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<RecordingOutput> outputs = new ArrayList<>();
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

  @BeforeEach
  void open() {
    pump.start();
    for (int i = 0; i < CROWD; i++) {
      outputs.add(open("c" + i));
    }
    await().until(() -> outputs.stream().noneMatch(output -> output.text().isEmpty()));
  }

  @AfterEach
  void stop() throws InterruptedException {
    pump.shutdown(Duration.ofSeconds(1));
    pump.awaitEnd(Duration.ofSeconds(5));
    readers.stop();
  }

  private RecordingOutput open(String name) {
    Subscriber subscriber =
        new Connection(
                pump.tools(),
                new Subscription(name, EventFilter.EVERYTHING, Optional.empty(), false),
                new SubscriptionListener() {
                  @Override
                  public void closing(CloseReason reason) {
                    told.add(name);
                    assertThat(reason).isEqualTo(CloseReason.SHUTDOWN);
                  }

                  @Override
                  public void ended(long through) {}
                })
            .handle();
    RecordingOutput output = new RecordingOutput(subscriber, Long.MAX_VALUE / 2);
    subscriber.start(output);
    return output;
  }

  /** Returns when the pump has done what it was asked before. */
  private void settle() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    pump.ask(done::countDown);
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldSendTheOldestFirstAndEachInItsPartOfTheWindow() throws Exception {
    List<Long> steps = new ArrayList<>();
    long begin = clock.get();
    Departure departure =
        new Departure(
            List.of(pump),
            clock::get,
            nanos -> {
              settle();
              double gone = (double) (clock.get() - begin) / WINDOW.toNanos();
              assertThat(told).hasSize((int) (gone * CROWD));
              steps.add(nanos);
              clock.addAndGet(nanos);
            });
    departure.over(WINDOW);
    settle();

    assertThat(told).hasSize(CROWD);
    assertThat(told.stream().map(name -> Integer.valueOf(name.substring(1)))).isSorted();
    assertThat(steps).as("not in step with other nodes").hasSizeGreaterThan(100);
    assertThat(steps.stream().distinct().count()).isGreaterThan(50);
    assertThat(clock.get() - begin).isEqualTo(WINDOW.toNanos());
    assertThat(outputs)
        .allSatisfy(
            output ->
                assertThat(output.text())
                    .as("soon, because another node takes it")
                    .containsPattern(
                        "retry: [2-5][0-9]{2}\nevent: reconnect\ndata: \\{\"reason\":\"shutdown\"\\}"));
  }

  @Test
  void shouldServeThoseWhoComeLateUntilTheEndOfTheWindow() throws Exception {
    List<RecordingOutput> late = new ArrayList<>();
    Departure departure =
        new Departure(
            List.of(pump),
            clock::get,
            nanos -> {
              settle();
              if (late.isEmpty()) {
                late.add(open("c" + CROWD));
                await().until(() -> !late.get(0).text().isEmpty());
              }
              assertThat(told).doesNotContain("c" + CROWD);
              clock.addAndGet(nanos);
            });
    departure.over(WINDOW);
    settle();
    assertThat(told).endsWith("c" + CROWD).hasSize(CROWD + 1);
  }
}
