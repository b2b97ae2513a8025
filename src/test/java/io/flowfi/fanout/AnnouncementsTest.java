package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.QuickLooks;
import io.flowfi.frames.ControlFrames;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Frames outside the log: who gets them, when, and how many may wait. */
@ExtendWith(QuickLooks.class)
class AnnouncementsTest {
  private static final long ENDLESS = Long.MAX_VALUE / 2;
  private static final byte[] NEWS = "data: news\n\n".getBytes(StandardCharsets.UTF_8);
  private static final EventFilter TWO = streams(2);

  private final MemoryLog log = new MemoryLog();
  private final AtomicInteger missed = new AtomicInteger();
  private final FanOutSettings settings =
      new FanOutSettings(2, 2, 64, 1 << 20, Duration.ofMinutes(1), Duration.ofMinutes(1), 2000);
  private final FanOut fanOut =
      new FanOut(
          settings,
          log,
          () -> new ControlFrames(settings, new LogIdentity("test")),
          LogPosition.BEGINNING,
          LogPosition.BEGINNING);

  @AfterEach
  void stop() {
    fanOut.shutdown(Duration.ofMillis(200));
  }

  private static EventFilter streams(long... ids) {
    Set<StreamId> streams = new HashSet<>();
    for (long id : ids) {
      streams.add(new StreamId(id));
    }
    return new EventFilter(false, streams, Set.of(), Set.of());
  }

  private RecordingOutput open(EventFilter filter, Optional<LogPosition> after, long room) {
    Subscriber subscriber =
        fanOut.prepare(
            new Subscription("c", filter, after, false),
            new SubscriptionListener() {
              @Override
              public void missed() {
                missed.incrementAndGet();
              }

              @Override
              public void ended(long through) {}
            });
    RecordingOutput output = new RecordingOutput(subscriber, room);
    subscriber.start(output);
    return output;
  }

  private RecordingOutput openLive(EventFilter filter) {
    RecordingOutput output = open(filter, Optional.empty(), ENDLESS);
    await().until(() -> output.frames().size() == 1);
    return output;
  }

  private static long news(RecordingOutput output) {
    return output.frames().stream().filter("data: news"::equals).count();
  }

  private void announceTo(int subscribers, EventFilter filter) {
    assertThat(fanOut.announce(filter, NEWS).orElseThrow())
        .succeedsWithin(Duration.ofSeconds(10))
        .isEqualTo(subscribers);
  }

  @Test
  void shouldReachEverySubscriberThatCouldGetAnEventOfTheFilterOnce() {
    fanOut.start();
    EventFilter typed =
        new EventFilter(
            false, Set.of(new StreamId(2)), Set.of(), Set.of(EventType.STREAM_WITHDRAWN));
    EventFilter alice = new EventFilter(false, Set.of(), Set.of(new Address("GALICE")), Set.of());
    List<RecordingOutput> outputs = new ArrayList<>();
    // on both pumps
    for (int i = 0; i < 2; i++) {
      for (EventFilter filter :
          List.of(EventFilter.EVERYTHING, TWO, streams(2, 3), typed, streams(3), alice)) {
        outputs.add(openLive(filter));
      }
    }
    announceTo(8, streams(2, 4));
    EventFilter created =
        new EventFilter(false, Set.of(new StreamId(2)), Set.of(), Set.of(EventType.STREAM_CREATED));
    announceTo(6, created);
    announceTo(12, EventFilter.EVERYTHING);
    List<Long> expected = List.of(3L, 3L, 3L, 2L, 1L, 1L, 3L, 3L, 3L, 2L, 1L, 1L);
    await()
        .untilAsserted(
            () ->
                assertThat(outputs.stream().map(AnnouncementsTest::news).toList())
                    .isEqualTo(expected));
    // nothing else came, and no cursor moved
    fanOut.publish(log.append(4));
    List<Long> twos = List.of(2L);
    await().untilAsserted(() -> assertThat(outputs.get(1).events()).isEqualTo(twos));
    assertThat(outputs.stream().map(AnnouncementsTest::news).toList()).isEqualTo(expected);
  }

  @Test
  void shouldComeAfterTheFirstWords() {
    log.append(10);
    fanOut.start();
    CountDownLatch gate = new CountDownLatch(1);
    log.gate = gate;
    RecordingOutput early = open(EventFilter.EVERYTHING, Optional.of(new LogPosition(10)), ENDLESS);
    RecordingOutput live = openLive(EventFilter.EVERYTHING);
    await().until(() -> log.reads.get() == 1);
    fanOut.announce(EventFilter.EVERYTHING, NEWS);
    await().until(() -> news(live) == 1);
    assertThat(early.frames()).isEmpty();
    gate.countDown();
    await().until(() -> news(early) == 1);
    assertThat(early.frames().get(0)).contains("\"connected\"");
  }

  @Test
  void shouldLetAClientThatTakesNothingMissWhatHasNoRoomAndLive() {
    fanOut.start();
    RecordingOutput slow = open(EventFilter.EVERYTHING, Optional.empty(), 300);
    RecordingOutput quick = openLive(EventFilter.EVERYTHING);
    await().until(() -> slow.frames().size() == 1);
    byte[] large = new byte[Announcements.MOST_ANNOUNCED_BYTES];
    Arrays.fill(large, (byte) 'x');
    large[large.length - 2] = '\n';
    large[large.length - 1] = '\n';
    int rounds = 100;
    for (int i = 1; i <= rounds; i++) {
      int told = i;
      await().until(() -> fanOut.announce(EventFilter.EVERYTHING, large).isPresent());
      await().until(() -> quick.frames().size() == 1 + told);
    }
    assertThat(missed.get()).isBetween(rounds / 2, rounds - 1);
    slow.makeRoom(ENDLESS);
    await().untilAsserted(() -> assertThat(slow.frames()).hasSize(1 + rounds - missed.get()));
    assertThat(slow.isClosed()).isFalse();
    fanOut.publish(log.append(1));
    await().untilAsserted(() -> assertThat(slow.events()).containsExactly(1L));
  }

  @Test
  void shouldRefuseMoreThanMayBeOnTheirWay() {
    for (int i = 0; i < 16; i++) {
      assertThat(fanOut.announce(TWO, NEWS)).isPresent();
    }
    assertThat(fanOut.announce(TWO, NEWS)).isEmpty();
    fanOut.start();
    await().until(() -> fanOut.announce(TWO, NEWS).isPresent());
    assertThatThrownBy(() -> fanOut.announce(TWO, new byte[Announcements.MOST_ANNOUNCED_BYTES + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    fanOut.shutdown(Duration.ofMillis(200));
    // there is no subscriber, and nothing is kept
    for (int i = 0; i < 100; i++) {
      assertThat(fanOut.announce(TWO, NEWS)).isPresent();
    }
  }
}
