package io.flowfi.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.EventFilter;
import io.flowfi.log.EventLog;
import io.flowfi.log.EventPage;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private final List<LoggedEvent> durable = new CopyOnWriteArrayList<>();
  private final List<Long> passed = new CopyOnWriteArrayList<>();
  private volatile boolean logFails;
  private volatile long poison = -1;
  private volatile long missing = -1;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private EventFeed feed;

  private final EventLog log =
      new EventLog() {
        @Override
        public LogIdentity identity() {
          return new LogIdentity("test");
        }

        @Override
        public LogBounds bounds() {
          return new LogBounds(new LogPosition(1), new LogPosition(durable.size()));
        }

        @Override
        public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
          if (logFails) {
            throw new IllegalStateException("no disk");
          }
          int from = (int) after.value();
          int to = Math.min(durable.size(), from + maxEvents);
          List<LoggedEvent> found =
              durable.subList(from, to).stream()
                  .filter(event -> event.position().value() != missing)
                  .toList();
          return new EventPage(found, new LogPosition(to));
        }
      };

  private static LoggedEvent event(long position) {
    return new LoggedEvent(
        new LogPosition(position),
        EventType.STREAM_CREATED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        "{}");
  }

  private List<LoggedEvent> commit(int count) {
    List<LoggedEvent> batch =
        LongStream.rangeClosed(durable.size() + 1L, durable.size() + count)
            .mapToObj(EventFeedTest::event)
            .toList();
    durable.addAll(batch);
    return batch;
  }

  private void start(long after, long head) {
    feed = new EventFeed(log, this::sink, new LogPosition(after), new LogPosition(head));
    feed.start();
  }

  private void sink(List<LoggedEvent> events) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (events.stream().anyMatch(e -> e.position().value() == poison)) {
      throw new IllegalStateException("cannot process " + poison);
    }
    events.forEach(e -> passed.add(e.position().value()));
  }

  private void awaitPassed(long from, long to) {
    await()
        .untilAsserted(
            () -> assertThat(passed).isEqualTo(LongStream.rangeClosed(from, to).boxed().toList()));
  }

  @AfterEach
  void stop() {
    feed.close(Duration.ofMillis(200));
    assertThat(feed.state()).isEqualTo(EventFeed.State.STOPPED);
  }

  @Test
  void shouldPassOnWhatComesInOrder() {
    start(0, 0);
    feed.committed(commit(3));
    feed.committed(commit(2));
    awaitPassed(1, 5);
  }

  @Test
  void shouldReadFromTheLogWhatWasThereBefore() {
    commit(1500);
    start(100, 1500);
    awaitPassed(101, 1500);
  }

  @Test
  void shouldFillAGapAndDropWhatIsKnown() {
    start(0, 0);
    List<LoggedEvent> first = commit(3);
    List<LoggedEvent> lost = commit(4);
    List<LoggedEvent> third = commit(2);
    feed.committed(first);
    feed.committed(third);
    feed.committed(lost);
    feed.committed(first);
    feed.committed(durable.subList(5, 9));
    awaitPassed(1, 9);
  }

  @Test
  void shouldPassOnTheUnknownPartOfAnOverlappingBatch() {
    start(0, 0);
    commit(10);
    feed.committed(durable.subList(0, 6));
    feed.committed(durable.subList(3, 10));
    awaitPassed(1, 10);
  }

  @Test
  void shouldStopAtAGapInTheLogAndGoOnWhenItIsFilled() {
    commit(10);
    missing = 5;
    start(0, 10);
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    awaitPassed(1, 4);
    missing = -1;
    awaitPassed(1, 10);
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  @Test
  void shouldReadUpToAHeadItIsToldOf() {
    start(0, 0);
    commit(7);
    feed.headAt(new LogPosition(7));
    awaitPassed(1, 7);
  }

  @Test
  void shouldNotHoldBackTheWriterNorLoseWhatItsQueueHadNoRoomFor() {
    gate = new CountDownLatch(1);
    start(0, 0);
    for (int i = 0; i < 2000; i++) {
      feed.committed(commit(2));
    }
    gate.countDown();
    awaitPassed(1, 4000);
  }

  @Test
  void shouldStopAtAnEventItCannotProcessAndSaySoAndSkipNothing() {
    poison = 4;
    start(0, 0);
    feed.committed(commit(3));
    feed.committed(commit(3));
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    feed.committed(commit(3));
    assertThat(passed).containsExactly(1L, 2L, 3L);
    assertThat(feed.position()).isEqualTo(new LogPosition(3));
    poison = -1;
    awaitPassed(1, 9);
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  @Test
  void shouldWaitForALogThatCannotBeRead() {
    logFails = true;
    start(0, 0);
    commit(5);
    feed.headAt(new LogPosition(5));
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    logFails = false;
    awaitPassed(1, 5);
  }

  @Test
  void shouldPassOnEverythingAnnouncedBeforeItCloses() {
    start(0, 0);
    gate = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      feed.committed(commit(3));
    }
    gate.countDown();
    feed.close(Duration.ofSeconds(5));
    awaitPassed(1, 300);
  }

  @Test
  void shouldSurviveAnyOrderOfWord() {
    start(0, 0);
    Random random = new Random(3);
    List<List<LoggedEvent>> words = new java.util.ArrayList<>();
    for (int i = 0; i < 300; i++) {
      words.add(commit(1 + random.nextInt(5)));
    }
    Collections.shuffle(words, random);
    words.forEach(feed::committed);
    awaitPassed(1, durable.size());
  }
}
