package io.flowfi.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.QuickLooks;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuickLooks.class)
class EventFeedTest {
  private final List<LoggedEvent> durable = new CopyOnWriteArrayList<>();
  private final List<LoggedEvent> contents = new CopyOnWriteArrayList<>();
  private final List<Long> passed = new CopyOnWriteArrayList<>();
  private volatile boolean logFails;
  private volatile long poison = -1;

  /** What is thrown. */
  private volatile Supplier<Throwable> fault = () -> new IllegalStateException("test");

  private volatile long missing = -1;
  private volatile long oldest = 1;

  /** Runs once. */
  private final AtomicReference<Runnable> beforeRead = new AtomicReference<>(() -> {});

  private final List<Long> skippedTo = new CopyOnWriteArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();
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
          looks.incrementAndGet();
          if (logFails) {
            throw fault();
          }
          return new LogBounds(new LogPosition(oldest), new LogPosition(durable.size()));
        }

        @Override
        public EventPage read(LogPosition after, EventFilter filter, int maxEvents) {
          if (logFails) {
            throw fault();
          }
          looks.incrementAndGet();
          beforeRead.getAndSet(() -> {}).run();
          int from = (int) Math.max(after.value(), oldest - 1);
          int to = Math.min(durable.size(), from + maxEvents);
          List<LoggedEvent> found =
              durable.subList(from, to).stream()
                  .filter(event -> event.position().value() != missing)
                  .toList();
          return new EventPage(found, new LogPosition(to));
        }
      };

  private RuntimeException fault() {
    Throwable thrown = fault.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    return (RuntimeException) thrown;
  }

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

  private void start(long after) {
    FeedSink sink =
        new FeedSink() {
          @Override
          public void accept(List<LoggedEvent> events) {
            sink(events);
          }

          @Override
          public void skipTo(LogPosition position) {
            if (position.value() == poison) {
              throw fault();
            }
            skippedTo.add(position.value());
          }
        };
    feed = new EventFeed(log, sink, new LogPosition(after));
    feed.start();
  }

  /** The log is not read any more until somebody rings. */
  private int looksWhenLevel() {
    await().until(() -> looks.get() > 0);
    awaitQuiet();
    return looks.get();
  }

  /** Waits until the feed has handled everything: the last item comes last. */
  private void awaitQuiet() {
    feed.commits().committed(commit(1));
    await().until(() -> feed.position().value() == durable.size());
  }

  private void sink(List<LoggedEvent> events) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (events.stream().anyMatch(e -> e.position().value() == poison)) {
      throw fault();
    }
    contents.addAll(events);
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
    start(0);
    feed.commits().committed(commit(3));
    feed.commits().committed(commit(2));
    awaitPassed(1, 5);
  }

  @Test
  void shouldReadFromTheLogWhatWasThereBefore() {
    commit(1500);
    start(100);
    awaitPassed(101, 1500);
  }

  @Test
  void shouldFillAGapAndDropWhatIsKnown() {
    start(0);
    List<LoggedEvent> first = commit(3);
    List<LoggedEvent> lost = commit(4);
    List<LoggedEvent> third = commit(2);
    feed.commits().committed(first);
    feed.commits().committed(third);
    feed.commits().committed(lost);
    feed.commits().committed(first);
    feed.commits().committed(durable.subList(5, 9));
    awaitPassed(1, 9);
  }

  @Test
  void shouldPassOnTheUnknownPartOfAnOverlappingBatch() {
    start(0);
    commit(10);
    feed.commits().committed(durable.subList(0, 6));
    feed.commits().committed(durable.subList(3, 10));
    awaitPassed(1, 10);
  }

  /** What is missing inside of it is read from the log. */
  @Test
  void shouldNotBelieveABatchThatLeavesOutAnEvent() {
    start(0);
    commit(5);
    feed.commits()
        .committed(List.of(durable.get(0), durable.get(1), durable.get(3), durable.get(4)));
    awaitPassed(1, 5);
  }

  @Test
  void shouldStopAtAGapInTheLogAndGoOnWhenItIsFilled() {
    commit(10);
    missing = 5;
    start(0);
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    awaitPassed(1, 4);
    missing = -1;
    awaitPassed(1, 10);
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  /** Of two nodes that write, each hears of its own commits first. */
  /** As after a fail-over to a standby that had not got everything. */
  @Test
  void shouldPassOnNothingOfALogThatWasSetBack() {
    commit(5);
    start(0);
    awaitPassed(1, 5);
    LoggedEvent lost = durable.remove(4);
    feed.bell().ring();
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    // another event has taken its place, and others follow
    durable.add(another(lost));
    feed.commits().committed(commit(3));
    int before = looks.get();
    await().until(() -> looks.get() > before + 4);
    assertThat(feed.trouble()).hasValue("has stopped at 5");
    assertThat(passed).hasSize(5);
    // it was not the right server
    durable.set(4, lost);
    awaitPassed(1, 8);
    assertThat(feed.trouble()).isEmpty();
  }

  /** Others may have written so much by the next look that its end says nothing. */
  @Test
  void shouldPassOnNothingBehindAnEventInThePlaceOfAnother() {
    commit(5);
    start(0);
    awaitPassed(1, 5);
    LoggedEvent lost = durable.get(4);
    LoggedEvent another = another(lost);
    durable.set(4, another);
    commit(2);
    feed.commits().committed(List.copyOf(durable.subList(3, 7)));
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    assertThat(passed).hasSize(5);
    durable.set(4, lost);
    awaitPassed(1, 7);
    // a repeated batch is no other
    feed.commits().committed(List.copyOf(durable.subList(3, 7)));
    feed.commits().committed(commit(1));
    awaitPassed(1, 8);
    assertThat(feed.trouble()).isEmpty();
  }

  private static LoggedEvent another(LoggedEvent event) {
    return new LoggedEvent(
        event.position(),
        event.type(),
        event.streamId(),
        event.sender(),
        event.recipient(),
        event.timestamp() + 1,
        event.payload());
  }

  @Test
  void shouldWaitAMomentForWhatComesBeforeAnEarlyBatch() {
    start(0);
    int before = looksWhenLevel();
    commit(9);
    gate = new CountDownLatch(1);
    feed.commits().committed(durable.subList(1, 2)); // holds the feed's thread at the gate
    feed.commits().committed(durable.subList(8, 10));
    feed.commits().committed(durable.subList(4, 8));
    feed.commits().committed(durable.subList(2, 4));
    gate.countDown();
    awaitPassed(1, 10);
    awaitQuiet();
    assertThat(looks).as("looks at the log").hasValue(before);
  }

  @Test
  void shouldReadTheLogWhenWhatComesBeforeAnEarlyBatchDoesNotCome() {
    start(0);
    looksWhenLevel();
    commit(3);
    feed.commits().committed(durable.subList(durable.size() - 1, durable.size()));
    awaitPassed(1, durable.size());
  }

  @Test
  void shouldKeepABoundedNumberOfEarlyBatches() {
    start(0);
    commit(1000);
    for (int position = 999; position > 0; position--) {
      feed.commits().committed(durable.subList(position, position + 1));
    }
    awaitPassed(1, 1000);
  }

  @Test
  void shouldLookForAPositionOnlyIfItIsNotKnown() {
    commit(5);
    start(0);
    int before = looksWhenLevel();
    for (long position = 0; position <= 5; position++) {
      feed.bell().ring(new LogPosition(position));
    }
    awaitQuiet();
    assertThat(looks).as("nothing new").hasValue(before);

    gate = new CountDownLatch(1);
    feed.commits().committed(commit(3)); // holds the feed's thread at the gate
    feed.bell().ring(new LogPosition(durable.size()));
    gate.countDown();
    awaitPassed(1, durable.size());
    awaitQuiet();
    assertThat(looks).as("the batch has brought it").hasValue(before);

    commit(2);
    feed.bell().ring(new LogPosition(durable.size()));
    awaitPassed(1, durable.size());
    int then = looksWhenLevel();
    feed.bell().ring(new LogPosition(Long.MAX_VALUE));
    await().until(() -> looks.get() == then + 1);
    awaitQuiet();
    assertThat(looks).as("one look for a position that is not there").hasValue(then + 1);
    assertThat(feed.state()).isEqualTo(EventFeed.State.RUNNING);
  }

  @Test
  void shouldReadToTheEndOfTheLogAfterARing() {
    start(0);
    commit(7);
    feed.bell().ring();
    awaitPassed(1, 7);
  }

  /** For example from a relay that lies or repeats itself. */
  @Test
  void shouldLookOnceAtTheLogForAFalseRing() {
    commit(5);
    start(0);
    int before = looksWhenLevel();
    feed.bell().ring();
    await().until(() -> looks.get() == before + 1);
    awaitQuiet();
    assertThat(looks).hasValue(before + 1);
    assertThat(feed.state()).isEqualTo(EventFeed.State.RUNNING);

    gate = new CountDownLatch(1);
    feed.commits().committed(commit(1)); // holds the feed's thread at the gate
    for (int i = 0; i < 1000; i++) {
      feed.bell().ring();
    }
    gate.countDown();
    awaitQuiet();
    await().until(() -> looks.get() > before + 1);
    awaitQuiet();
    assertThat(looks.get()).as("those that come before the look are one").isLessThan(before + 5);
    awaitPassed(1, durable.size());
  }

  @Test
  void shouldBelieveTheLogAndNotTheWordOfEventsThatItDoesNotHold() {
    commit(5);
    start(0);
    awaitPassed(1, 5);
    int before = looksWhenLevel();
    feed.commits().committed(List.of(event(1000), event(1001)));
    feed.commits().committed(List.of(event(8), event(7)));
    feed.commits().committed(List.of(event(1), event(2)));
    await().until(() -> looks.get() > before);
    awaitQuiet();
    assertThat(looks.get())
        .as("one look each, none for what is old")
        .isBetween(before + 1, before + 2);
    assertThat(feed.state()).isEqualTo(EventFeed.State.RUNNING);
    awaitPassed(1, durable.size());
  }

  @Test
  void shouldReadEventsFromTheLogAfterARing() {
    start(0);
    looksWhenLevel();
    LoggedEvent real = commit(1).get(0);
    feed.bell().ring();
    await().until(() -> !contents.isEmpty());
    awaitPassed(1, durable.size());
    assertThat(contents).contains(real);
  }

  @Test
  void shouldGoOnBehindAGapThatRetentionHasCutAndSaySo() {
    List<LogRecord> said = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger(EventFeed.class.getName());
    logger.setFilter(said::add); // it sees each record before any handler
    try {
      goOnBehindGaps();
    } finally {
      logger.setFilter(null);
    }
    assertThat(said).extracting(LogRecord::getLevel).containsOnly(Level.SEVERE);
    assertThat(said)
        .extracting(LogRecord::getMessage)
        .satisfiesExactly(
            first -> assertThat(first).contains("no longer keeps events 4 to 8"),
            second -> assertThat(second).contains("no longer keeps events 11 to 15"),
            third -> assertThat(third).contains("no longer keeps events 17 to 20"));
  }

  private void goOnBehindGaps() {
    start(0);
    feed.commits().committed(commit(3));
    awaitPassed(1, 3);
    commit(7);
    oldest = 9;
    feed.bell().ring();
    await().untilAsserted(() -> assertThat(passed).containsExactly(1L, 2L, 3L, 9L, 10L));
    assertThat(skippedTo).containsExactly(8L);
    assertThat(feed.state()).isEqualTo(EventFeed.State.RUNNING);

    commit(5);
    oldest = 16; // all of them
    feed.bell().ring();
    await().until(() -> feed.position().value() == 15);
    assertThat(skippedTo).containsExactly(8L, 15L);
    feed.commits().committed(commit(1));
    await().untilAsserted(() -> assertThat(passed).endsWith(10L, 16L));

    commit(5);
    beforeRead.set(() -> oldest = 21); // between two looks
    feed.bell().ring();
    await().untilAsserted(() -> assertThat(passed).endsWith(16L, 21L));
    assertThat(skippedTo).containsExactly(8L, 15L, 20L);
  }

  @Test
  void shouldWaitWithASkipThatTheSinkCannotTake() {
    commit(9);
    oldest = 5;
    poison = 4;
    start(0);
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    assertThat(passed).isEmpty();
    poison = -1;
    await().untilAsserted(() -> assertThat(passed).containsExactly(5L, 6L, 7L, 8L, 9L));
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  @Test
  void shouldWorkAgainWhenTheLogCanBeReadThoughThereIsNothingNew() {
    start(0);
    awaitQuiet();
    logFails = true;
    feed.bell().ring();
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    logFails = false;
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  @Test
  void shouldNotHoldBackTheWriterNorLoseWhatItsQueueHadNoRoomFor() {
    gate = new CountDownLatch(1);
    start(0);
    for (int i = 0; i < 2000; i++) {
      feed.commits().committed(commit(2));
    }
    gate.countDown();
    awaitPassed(1, 4000);
  }

  @Test
  void shouldStopAtAnEventItCannotProcessAndSaySoAndSkipNothing() {
    poison = 4;
    start(0);
    feed.commits().committed(commit(3));
    feed.commits().committed(commit(3));
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    feed.commits().committed(commit(3));
    assertThat(passed).containsExactly(1L, 2L, 3L);
    assertThat(feed.position()).isEqualTo(new LogPosition(3));
    poison = -1;
    awaitPassed(1, 9);
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  @Test
  void shouldWaitForALogThatCannotBeRead() {
    logFails = true;
    start(0);
    commit(5);
    feed.bell().ring();
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    logFails = false;
    awaitPassed(1, 5);
  }

  /** For example without memory for a moment. */
  @Test
  void shouldGoOnAfterErrorsOfTheLogAndOfTheSink() {
    fault = () -> new OutOfMemoryError("test");
    logFails = true;
    start(0);
    commit(5);
    feed.bell().ring();
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    assertThat(feed.isBroken()).isFalse();
    poison = 4;
    logFails = false;
    awaitPassed(1, 3);
    assertThat(feed.state()).isEqualTo(EventFeed.State.FAILING);
    poison = -1;
    awaitPassed(1, 5);

    commit(4);
    oldest = 8;
    poison = 7;
    feed.bell().ring();
    await().until(() -> feed.state() == EventFeed.State.FAILING);
    poison = -1;
    await().untilAsserted(() -> assertThat(passed).endsWith(5L, 8L, 9L));
    await().until(() -> feed.state() == EventFeed.State.RUNNING);
  }

  /** A supervisor restarts what is broken; a node that only waits would not be better after it. */
  @Test
  void shouldBeBrokenWhenItsThreadHasEndedAndNotWhileItTriesAgain() {
    start(0);
    awaitQuiet();
    assertThat(feed.isBroken()).isFalse();
    assertThat(feed.trouble()).isEmpty();
    feed.commits().committed(Collections.singletonList(null)); // no event: its thread cannot go on
    await().until(() -> feed.state() == EventFeed.State.STOPPED);
    assertThat(feed.isBroken()).isTrue();
    assertThat(feed.trouble()).isPresent();
  }

  @Test
  void shouldPassOnEverythingAnnouncedBeforeItCloses() {
    start(0);
    gate = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      feed.commits().committed(commit(3));
    }
    gate.countDown();
    feed.close(Duration.ofSeconds(5));
    awaitPassed(1, 300);
  }

  @Test
  void shouldSurviveAnyOrderOfWord() {
    start(0);
    Random random = new Random(3);
    List<List<LoggedEvent>> words = new java.util.ArrayList<>();
    for (int i = 0; i < 300; i++) {
      words.add(commit(1 + random.nextInt(5)));
    }
    Collections.shuffle(words, random);
    words.forEach(feed.commits()::committed);
    awaitPassed(1, durable.size());
  }
}
