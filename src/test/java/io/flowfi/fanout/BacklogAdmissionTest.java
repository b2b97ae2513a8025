package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.QuickLooks;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.logs.LoggedLines;
import io.flowfi.payment.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whose read may begin: nothing is read before there is room for it, and no room gets lost. */
@ExtendWith(QuickLooks.class)
@Timeout(60)
class BacklogAdmissionTest {
  private static final int READERS = 2;

  /** Pages that may be in memory, see {@link ReadQueue}. */
  private static final int PERMITS = 64;

  private static final int CROWD = PERMITS + 36;
  private static final EventFilter ALICE =
      new EventFilter(false, Set.of(), Set.of(new Address("GALICE")), Set.of());

  private final MemoryLog log = new MemoryLog();
  private final AtomicInteger endings = new AtomicInteger();
  private FanOut fanOut;

  @BeforeEach
  void start() {
    log.append(1000);
    fanOut = log.fannedOut(READERS);
  }

  @AfterEach
  void stop() {
    fanOut.shutdown(Duration.ofMillis(200));
  }

  private RecordingOutput open(EventFilter filter, Long after, boolean snapshot) {
    Subscriber subscriber =
        fanOut.prepare(
            new Subscription(
                "client", filter, Optional.ofNullable(after).map(LogPosition::new), snapshot),
            through -> endings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, Long.MAX_VALUE / 2);
    subscriber.start(output);
    return output;
  }

  private List<RecordingOutput> crowd(EventFilter filter, Long after, boolean snapshot) {
    return IntStream.range(0, CROWD).mapToObj(i -> open(filter, after, snapshot)).toList();
  }

  private RecordingOutput openLive() {
    RecordingOutput live = open(EventFilter.EVERYTHING, null, false);
    await().until(() -> live.text().contains("id: "));
    return live;
  }

  private static void awaitLast(RecordingOutput output, String last) {
    await().until(() -> output.text().contains(last));
  }

  /** As when the pump has too much to do: what is read then stays in memory until it has time. */
  private void shouldReadOnlyAsMuchAsThereIsRoomFor(
      boolean snapshot, CountDownLatch gate, AtomicInteger reads, String last) {
    List<RecordingOutput> waiting = crowd(EventFilter.EVERYTHING, snapshot ? null : 990L, snapshot);
    RecordingOutput live = openLive(); // the pump has asked for all reads of the others by now
    await().untilAtomic(reads, org.hamcrest.Matchers.is(READERS));
    synchronized (live) {
      fanOut.publish(log.append(1)); // the pump waits for this output from here on
      await().until(live::isAwaited);
      gate.countDown();
      await()
          .during(Duration.ofMillis(300))
          .untilAsserted(() -> assertThat(reads).as("reads").hasValue(PERMITS));
    }
    waiting.forEach(output -> awaitLast(output, last));
  }

  @Test
  void shouldReplayNothingBeforeThereIsRoomForIt() {
    log.gate = new CountDownLatch(1);
    shouldReadOnlyAsMuchAsThereIsRoomFor(false, log.gate, log.reads, "id: 1001");
  }

  @Test
  void shouldReadNoSnapshotBeforeThereIsRoomForIt() {
    log.statesGate = new CountDownLatch(1);
    shouldReadOnlyAsMuchAsThereIsRoomFor(true, log.statesGate, log.stateReads, "snapshot_end");
  }

  /** More reads fail, again and again, than there is room for pages. */
  @Test
  void shouldKeepNoRoomForReadsThatFail() {
    log.breakage = () -> new IllegalStateException("these rows are broken");
    log.broken = ALICE;
    try (LoggedLines logged = LoggedLines.of(ReadQueue.class)) {
      List<RecordingOutput> unlucky = crowd(ALICE, 0L, false);
      await().until(() -> log.reads.get() >= CROWD);
      awaitLast(open(EventFilter.EVERYTHING, 990L, false), "id: 1000");
      log.broken = null;
      unlucky.forEach(output -> awaitLast(output, "\nid: 999"));
      assertThat(logged.lines())
          .as("one complaint for all of them, every ten seconds, and one word of the end")
          .hasSizeLessThan(6)
          .endsWith("INFO no subscriber waits any longer because of a read that fails");
      assertThat(logged.lines().get(0)).startsWith("SEVERE reading for subscribers fails; ");
    }
  }

  @Test
  void shouldTryAgainLessAndLessOften() {
    assertThat(IntStream.rangeClosed(1, 40).mapToObj(ReadQueue::retryMillis))
        .startsWith(500L, 1000L, 2000L, 4000L)
        .endsWith(4000L);
  }

  /** A crowd that leaves while it is read for. */
  @Test
  void shouldKeepNoRoomForClientsThatHaveLeft() {
    for (int i = 1; i <= CROWD; i++) {
      log.gate = new CountDownLatch(1);
      int before = log.reads.get();
      RecordingOutput visitor = open(EventFilter.EVERYTHING, 990L, false);
      await().pollInterval(Duration.ofMillis(1)).until(() -> log.reads.get() > before);
      visitor.subscriber().disconnected();
      await().pollInterval(Duration.ofMillis(1)).untilAtomic(endings, org.hamcrest.Matchers.is(i));
      log.gate.countDown();
    }
    awaitLast(open(EventFilter.EVERYTHING, 990L, false), "id: 1000");
  }
}
