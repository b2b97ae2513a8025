package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.QuickLooks;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A stream that a connection names is given to others while it is open. In the {@link MemoryLog}
 * the events 1, 6 and 11 of stream 1 name Alice, and 16 is the first that does not.
 */
@ExtendWith(QuickLooks.class)
class LostAccessTest {
  private static final long ENDLESS = Long.MAX_VALUE / 2;
  private static final Address ALICE = new Address("GALICE");

  private final MemoryLog log = new MemoryLog();
  private final List<CloseReason> reasons = new CopyOnWriteArrayList<>();
  private FanOut fanOut;

  private void start() {
    fanOut = log.fannedOut(1);
  }

  @AfterEach
  void stop() {
    fanOut.shutdown(Duration.ofMillis(200));
  }

  private RecordingOutput open(EventFilter filter, Long after, Address seesOnly) {
    RecordingOutput output = open(filter, after, false, seesOnly, ENDLESS, fanOut.head());
    await().untilAsserted(() -> assertThat(output.frames()).isNotEmpty());
    return output;
  }

  /**
   * @param room how many bytes it takes at first
   * @param checkedAt what was published when it was checked whose streams they are
   */
  private RecordingOutput open(
      EventFilter filter,
      Long after,
      boolean snapshot,
      Address seesOnly,
      long room,
      LogPosition checkedAt) {
    Subscription asked =
        new Subscription("c", filter, Optional.ofNullable(after).map(LogPosition::new), snapshot);
    Subscriber subscriber =
        fanOut.prepare(
            asked.admit(
                filter,
                Optional.empty(),
                Optional.of(ALICE),
                Optional.ofNullable(seesOnly)
                    .map(account -> new Subscription.Limit(account, checkedAt)),
                "127.0.0.1"),
            new SubscriptionListener() {
              @Override
              public void closing(CloseReason reason) {
                reasons.add(reason);
              }

              @Override
              public void ended(long through) {
                // the words and the reason say it
              }
            });
    RecordingOutput output = new RecordingOutput(subscriber, room);
    subscriber.start(output);
    return output;
  }

  private static EventFilter streamOne(EventType... types) {
    return new EventFilter(false, Set.of(new StreamId(1)), Set.of(), Set.of(types));
  }

  private void publish(int count) {
    fanOut.publish(log.append(count));
  }

  private static void awaitEvents(RecordingOutput output, Long... positions) {
    await().untilAsserted(() -> assertThat(output.events()).containsExactly(positions));
  }

  private void awaitEnd(RecordingOutput output, Long... positions) {
    await().until(output::isClosed);
    assertThat(output.events()).containsExactly(positions);
    assertThat(output.text())
        .containsPattern(
            "event: reconnect\ndata: \\{\"reason\":\"rotation\"}\nid: [0-9]+.k3f9\n\n$");
    assertThat(reasons).containsExactly(CloseReason.ACCESS_LOST);
  }

  @Test
  void shouldEndWithTheFirstEventThatNamesOthersOnly() {
    start();
    RecordingOutput limited = open(streamOne(), null, ALICE);
    RecordingOutput admin = open(streamOne(), null, null);
    RecordingOutput byUser =
        open(new EventFilter(false, Set.of(), Set.of(ALICE), Set.of()), null, ALICE);
    publish(15);
    awaitEvents(limited, 1L, 6L, 11L);
    publish(1);
    awaitEnd(limited, 1L, 6L, 11L);
    publish(5);
    awaitEvents(admin, 1L, 6L, 11L, 16L, 21L);
    assertThat(admin.isClosed()).isFalse();
    assertThat(byUser.isClosed()).isFalse();
  }

  /** Of a type that it has not asked for. */
  @Test
  void shouldEndAlsoWithAnEventThatItWouldNotGet() {
    start();
    RecordingOutput withdrawals = open(streamOne(EventType.STREAM_RECONCILED), null, ALICE);
    publish(15);
    publish(1);
    awaitEnd(withdrawals);
  }

  /** What the stream was before it was theirs, parties may read. */
  @Test
  void shouldReplayEventsThatNameTheFormerParties() {
    log.append(40);
    start();
    RecordingOutput limited = open(streamOne(), 0L, ALICE);
    awaitEvents(limited, 1L, 6L, 11L, 16L, 21L, 26L, 31L, 36L);
    assertThat(limited.isClosed()).isFalse();
    publish(1);
    awaitEnd(limited, 1L, 6L, 11L, 16L, 21L, 26L, 31L, 36L);
  }

  @Test
  void shouldEndWhenItReadsOnFromTheLog() {
    start();
    RecordingOutput limited = open(streamOne(), null, ALICE);
    RecordingOutput first = open(EventFilter.EVERYTHING, null, null);
    synchronized (first) {
      publish(1);
      await().until(first::isAwaited);
      publish(60); // the pump loses its place in the ring
    }
    awaitEnd(limited, 1L, 6L, 11L);
  }

  /** The check and the connection are not one step: the log may go on between them. */
  @Test
  void shouldEndWithAnEventThatWasPublishedAfterTheCheck() {
    log.append(10);
    start();
    LogPosition checkedAt = fanOut.head();
    RecordingOutput admin = open(EventFilter.EVERYTHING, null, null);
    publish(10); // 11 and 16 are of stream 1
    await().untilAsserted(() -> assertThat(admin.events()).contains(20L));
    awaitEnd(open(streamOne(), 0L, false, ALICE, ENDLESS, checkedAt), 1L, 6L, 11L);
  }

  @Test
  void shouldSendNoStateOfAStreamThatWasGivenToOthersAfterTheCheck() {
    log.append(11);
    start();
    LogPosition checkedAt = fanOut.head();
    RecordingOutput in = open(streamOne(), null, true, ALICE, ENDLESS, checkedAt);
    await().untilAsserted(() -> assertThat(in.text()).contains(MemoryLog.state(1, 11)));
    publish(5);
    awaitEnd(in);

    reasons.clear();
    RecordingOutput late = open(streamOne(), null, true, ALICE, ENDLESS, checkedAt);
    await().until(late::isClosed);
    assertThat(late.text()).doesNotContain("stream.snapshot").contains("\"rotation\"");
    assertThat(reasons).containsExactly(CloseReason.ACCESS_LOST);
  }

  /**
   * Between the pages of states come the events of those that were sent already. Stream 5, whose id
   * is 0, stays Alice's.
   */
  @Test
  void shouldEndInTheMiddleOfASnapshot() {
    log.append(11);
    start();
    EventFilter two =
        new EventFilter(false, Set.of(new StreamId(1), new StreamId(0)), Set.of(), Set.of());
    RecordingOutput whole = open(two, null, true, ALICE, ENDLESS, fanOut.head());
    await().untilAsserted(() -> assertThat(whole.text()).contains("event: snapshot_end"));
    long room = (long) whole.text().indexOf(MemoryLog.state(1, 11)) + 1;
    RecordingOutput slow = open(two, null, true, ALICE, room, fanOut.head());
    await().untilAsserted(() -> assertThat(slow.text()).hasSize((int) room));

    publish(5); // 16 gives stream 1 to others
    slow.makeRoom(ENDLESS);
    await().until(slow::isClosed);
    assertThat(slow.text())
        .contains(MemoryLog.state(1, 11), "\"rotation\"")
        .doesNotContain("\"p\":16", "snapshot_end");
    assertThat(reasons).containsOnly(CloseReason.ACCESS_LOST);
  }
}
