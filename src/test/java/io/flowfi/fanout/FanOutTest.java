package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.QuickLooks;
import io.flowfi.counts.Arrivals;
import io.flowfi.frames.ControlFrames;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(QuickLooks.class)
class FanOutTest {
  private static final long ENDLESS = Long.MAX_VALUE / 2;
  private static final EventFilter ALICE = users("GALICE");

  private static final Pattern STATE = Pattern.compile("\"s\":([0-9]+),\"at\":([0-9]+)");
  private static final Pattern EVENT = Pattern.compile("\"p\":([0-9]+)");

  private final MemoryLog log = new MemoryLog();
  private final AtomicInteger closings = new AtomicInteger();
  private FanOut fanOut;

  @AfterEach
  void stop() {
    if (fanOut != null) {
      fanOut.shutdown(Duration.ofMillis(200));
    }
  }

  private void start(int ringFrames, Duration heartbeat, Duration stall) {
    LogPosition head = log.bounds().head();
    FanOutSettings settings = new FanOutSettings(2, 2, ringFrames, 1 << 20, heartbeat, stall, 2000);
    fanOut = new FanOut(settings, log, wording(settings), head, head);
    fanOut.start();
  }

  private static Supplier<Wording> wording(FanOutSettings settings) {
    return () -> new ControlFrames(settings, new LogIdentity("k3f9"));
  }

  private void start(int ringFrames) {
    start(ringFrames, Duration.ofSeconds(60), Duration.ofSeconds(60));
  }

  private static EventFilter users(String... users) {
    return new EventFilter(false, Set.of(), addresses(users), Set.of());
  }

  private static Set<Address> addresses(String... users) {
    return Set.copyOf(List.of(users).stream().map(Address::new).toList());
  }

  private RecordingOutput open(EventFilter filter, Long resumeAfter, boolean snapshot, long room) {
    Optional<LogPosition> after = Optional.ofNullable(resumeAfter).map(LogPosition::new);
    Subscriber subscriber =
        fanOut.prepare(
            new Subscription("client-1", filter, after, snapshot),
            through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, room);
    subscriber.start(output);
    return output;
  }

  private RecordingOutput openLive(EventFilter filter) {
    return openLive(filter, null);
  }

  private RecordingOutput openLive(EventFilter filter, Long resumeAfter) {
    RecordingOutput output = open(filter, resumeAfter, false, ENDLESS);
    awaitFrames(output, 1);
    return output;
  }

  private static long end(RecordingOutput output) {
    output.subscriber().disconnected();
    await().until(output::isClosed);
    return output.subscriber().sentThrough();
  }

  @Test
  void shouldKnowHowFarAClientWasSentWhenItEnds() {
    start(64);
    Subscription never = new Subscription("client-0", ALICE, Optional.empty(), false);
    Subscriber unstarted = fanOut.prepare(never, through -> closings.incrementAndGet());
    unstarted.close();
    assertThat(unstarted.sentThrough()).as("sent nothing").isEqualTo(-1);

    RecordingOutput live = openLive(ALICE);
    RecordingOutput idle = openLive(users("NOBODY"));
    RecordingOutput stalled = open(EventFilter.EVERYTHING, null, false, 450);
    awaitFrames(stalled, 1);
    publish(22);
    List<Long> sent = matching(ALICE, 1, 22);
    awaitEvents(live, sent);
    awaitEvents(openLive(EventFilter.EVERYTHING, 0L), range(1, 22));
    assertThat(end(live)).isEqualTo(sent.get(sent.size() - 1)).isLessThan(22);
    assertThat(end(idle)).as("nothing matched").isZero();
    // its last frame is partly written
    assertThat(end(stalled)).isEqualTo(stalled.events().size() + 1L);
  }

  private static String snapshotEnd(long position) {
    return "event: snapshot_end\ndata: {\"head\":" + position + "}\nid: " + position + ".k3f9";
  }

  private static String heartbeat(long position) {
    return "event: heartbeat\ndata: {\"head\":" + position + "}\nid: " + position + ".k3f9";
  }

  private void publish(int count) {
    fanOut.publish(log.append(count));
  }

  private static void awaitFrames(RecordingOutput output, int count) {
    await().untilAsserted(() -> assertThat(output.frames()).hasSizeGreaterThanOrEqualTo(count));
  }

  /**
   * Waits for the last step of the end of connections: a closed output only shows that the end is
   * near.
   */
  private void awaitClosings(int count) {
    await().untilAtomic(closings, org.hamcrest.Matchers.is(count));
  }

  private static List<Long> range(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  private static List<Long> matching(EventFilter filter, long from, long to) {
    return range(from, to).stream()
        .filter(p -> MemoryLog.matches(MemoryLog.frame(p), filter))
        .toList();
  }

  private static void awaitEvents(RecordingOutput output, List<Long> expected) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(output.events()).isEqualTo(expected));
    assertThat(output.misuse()).isEmpty();
    // some clients stop at a block without data, and some store an id before its block is complete
    assertThat(output.frames())
        .allMatch(f -> f.matches("(retry: \\d+\n)?(event: .+\n)?data: .*(\nid:( \\d+\\.k3f9)?)?"));
  }

  @Test
  void shouldGreetWithRetryIdAndHead() {
    log.append(41);
    start(64);
    RecordingOutput output = openLive(EventFilter.EVERYTHING);
    assertThat(output.text())
        .matches(
            "retry: (1[6-9]|2[0-4])[0-9]{2}\ndata: \\{\"type\":\"connected\",\"clientId\":\"client-1\",\"log\":\"k3f9\",\"head\":41,\"heartbeat\":60}\nid: 41.k3f9\n\n");
  }

  /** For any protocol; only events and states already come as frames. */
  private static final class PlainWords implements Wording {
    private static byte[] line(String words) {
      return (words + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] connected(Subscription subscription, long start, long head) {
      return line("hello " + subscription.clientId() + " " + start + " of " + head);
    }

    @Override
    public byte[] reset(ResetReason reason, LogBounds bounds, long start) {
      return line("start over: " + reason + ", " + bounds.oldest() + ", " + start);
    }

    @Override
    public byte[] snapshotEnd(long position) {
      return line("that is all " + position);
    }

    @Override
    public byte[] heartbeat(long head, long through) {
      return line("still there " + head + " " + through);
    }

    @Override
    public byte[] reconnect(CloseReason reason, Duration refusing, long through) {
      return line("bye " + reason + " " + refusing.toSeconds() + " " + through);
    }
  }

  @Test
  void shouldSayNothingThatItsWordingDoesNot() {
    log.append(100);
    log.trimBefore(50);
    LogPosition head = log.bounds().head();
    FanOutSettings settings =
        new FanOutSettings(2, 2, 64, 1 << 20, Duration.ofMillis(50), Duration.ofSeconds(60), 2000);
    fanOut = new FanOut(settings, log, PlainWords::new, head, head);
    fanOut.start();
    RecordingOutput reset = open(EventFilter.EVERYTHING, 20L, false, ENDLESS);
    RecordingOutput states = open(EventFilter.EVERYTHING, null, true, ENDLESS);
    RecordingOutput closed = open(EventFilter.EVERYTHING, null, false, ENDLESS);
    await().until(() -> reset.text().contains("still there 100 100"));
    await().until(() -> states.text().contains("still there 100 100"));
    await().until(() -> closed.text().contains("hello"));
    closed.subscriber().close(CloseReason.ROTATION);
    await().until(closed::isClosed);
    fanOut.shutdown(Duration.ofSeconds(4));

    assertThat(fromGreeting(reset))
        .matches(
            "hello client-1 100 of 100\n\n"
                + "start over: HISTORY_TRIMMED, 50, 100\n\n"
                + "(still there 100 100\n\n)+bye SHUTDOWN 4 100\n\n");
    assertThat(fromGreeting(states))
        .startsWith("hello client-1 -1 of 100\n\n" + MemoryLog.state(1, 100) + "\n\n")
        .contains(MemoryLog.state(5, 100) + "\n\nthat is all 100\n\nstill there 100 100\n\n")
        .endsWith("bye SHUTDOWN 4 100\n\n");
    assertThat(closed.text()).endsWith("bye ROTATION 0 100\n\n");
  }

  /**
   * Where reading takes longer than a heartbeat's interval, heartbeats without a position come
   * first.
   */
  private static String fromGreeting(RecordingOutput output) {
    return output.text().replaceFirst("^(?:still there \\d+ -1\n\n)+", "");
  }

  /** What is passed on is still in the gap: the client must not come back into it. */
  @Test
  void shouldBeginBehindWhatIsNoLongerKept() {
    log.append(100);
    log.trimBefore(50);
    FanOutSettings settings =
        new FanOutSettings(2, 2, 64, 1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60), 2000);
    LogPosition passed = new LogPosition(20);
    fanOut = new FanOut(settings, log, PlainWords::new, passed, passed);
    fanOut.start();
    RecordingOutput reset = open(EventFilter.EVERYTHING, 10L, false, ENDLESS);
    awaitFrames(reset, 2);
    assertThat(reset.text())
        .startsWith("hello client-1 49 of 49\n\nstart over: HISTORY_TRIMMED, 50, 49\n\n");
  }

  @Test
  void shouldTellAClientItsAccount() {
    start(64);
    Address account = new Address("GALICE");
    Subscriber subscriber =
        fanOut.prepare(
            new Subscription(
                "c",
                ALICE,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.of(account),
                Optional.empty(),
                "",
                Optional.empty()),
            through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, ENDLESS);
    subscriber.start(output);
    awaitFrames(output, 1);
    assertThat(output.text()).contains("\"account\":\"GALICE\",\"log\":\"k3f9\",");
  }

  /** For every kind of request. */
  @Test
  void shouldTellWhereAClientBegins() {
    log.append(40);
    start(16);
    // one on each pump, so that both have reached the end
    List<RecordingOutput> live =
        List.of(openLive(EventFilter.EVERYTHING), openLive(EventFilter.EVERYTHING));
    publish(10);
    live.forEach(output -> awaitEvents(output, range(41, 50)));
    assertThat(beginning(null, false)).as("with what comes").containsExactly(50L);
    assertThat(beginning(45L, false)).as("in the ring").containsExactly(45L);
    assertThat(beginning(3L, false)).as("in the log").containsExactly(3L);
    assertThat(beginning(99L, false)).as("of another log").containsExactly(50L);
    assertThat(beginning(null, true)).as("with the states").containsExactly(50L);
    assertThat(beginning(99L, true)).as("with the states instead").containsExactly(50L);
    log.trimBefore(20);
    assertThat(beginning(3L, false)).as("no longer kept").containsExactly(50L);
  }

  private List<Long> beginning(Long resumeAfter, boolean snapshot) {
    List<Long> told = new CopyOnWriteArrayList<>();
    Optional<LogPosition> after = Optional.ofNullable(resumeAfter).map(LogPosition::new);
    Subscriber subscriber =
        fanOut.prepare(
            new Subscription("c", ALICE, after, snapshot),
            new SubscriptionListener() {
              @Override
              public void began(long after) {
                told.add(after);
              }

              @Override
              public void ended(long through) {
                closings.incrementAndGet();
              }
            });
    RecordingOutput output = new RecordingOutput(subscriber, ENDLESS);
    subscriber.start(output);
    awaitFrames(output, 1);
    await().untilAsserted(() -> assertThat(told).isNotEmpty());
    int before = closings.get();
    subscriber.close();
    await().until(() -> closings.get() > before);
    return told;
  }

  @Test
  void shouldDeliverTheVeryBytesOfTheFrame() {
    start(64);
    RecordingOutput output = openLive(EventFilter.EVERYTHING);
    String greeting = output.text();
    publish(3);
    awaitEvents(output, range(1, 3));
    String expected =
        String.join(
            "",
            range(1, 3).stream()
                .map(p -> new String(MemoryLog.frame(p).bytes(), StandardCharsets.UTF_8))
                .toList());
    assertThat(output.text()).isEqualTo(greeting + expected);
  }

  @Test
  void shouldDeliverToExactlyTheMatchingSubscribers() {
    start(1024);
    EventFilter streams =
        new EventFilter(false, Set.of(new StreamId(2), new StreamId(3)), Set.of(), Set.of());
    EventFilter mixed =
        new EventFilter(false, Set.of(new StreamId(2)), addresses("GALICE", "GBOB"), Set.of());
    EventFilter typed =
        new EventFilter(true, Set.of(), Set.of(), Set.of(EventType.STREAM_WITHDRAWN));
    EventFilter typedUser =
        new EventFilter(false, Set.of(), addresses("GBOB"), Set.of(EventType.STREAM_WITHDRAWN));
    EventFilter allAndMore =
        new EventFilter(true, Set.of(new StreamId(1)), addresses("GBOB"), Set.of());
    List<EventFilter> filters =
        List.of(EventFilter.EVERYTHING, streams, mixed, typed, typedUser, ALICE, allAndMore);
    List<RecordingOutput> outputs = filters.stream().map(this::openLive).toList();
    for (int i = 0; i < 20; i++) {
      publish(10);
    }
    for (int i = 0; i < filters.size(); i++) {
      awaitEvents(outputs.get(i), matching(filters.get(i), 1, 200));
    }
  }

  /** Each subscriber wants one type, or all but one; two of 40 types share a bit at least. */
  @Test
  void shouldTellFortyTypesApart() {
    start(1024);
    List<EventType> types =
        IntStream.rangeClosed(1, 40).mapToObj(i -> EventType.named("stream.later_" + i)).toList();
    List<Frame> frames = new ArrayList<>();
    List<RecordingOutput> ofOne = new ArrayList<>();
    List<RecordingOutput> ofAllButOne = new ArrayList<>();
    for (EventType type : types) {
      Frame model = MemoryLog.frame(frames.size() + 1L);
      frames.add(new Frame(model.position(), type, model.keys(), model.bytes()));
      Set<EventType> others = new HashSet<>(types);
      others.remove(type);
      ofOne.add(openLive(new EventFilter(true, Set.of(), Set.of(), Set.of(type))));
      ofAllButOne.add(openLive(new EventFilter(true, Set.of(), Set.of(), others)));
    }
    RecordingOutput any = openLive(ALICE);
    fanOut.publish(frames);
    for (int i = 0; i < types.size(); i++) {
      long position = i + 1L;
      awaitEvents(ofOne.get(i), List.of(position));
      awaitEvents(ofAllButOne.get(i), range(1, 40).stream().filter(p -> p != position).toList());
    }
    awaitEvents(any, matching(ALICE, 1, 40));
  }

  @Test
  void shouldResumeFromTheRing() {
    log.append(10);
    start(64);
    publish(30);
    RecordingOutput output = open(EventFilter.EVERYTHING, 15L, false, ENDLESS);
    awaitEvents(output, range(16, 40));
    assertThat(output.frames().get(0)).endsWith("\nid: 15.k3f9").contains("\"head\":40");
    assertThat(log.reads).hasValue(0);
  }

  @Test
  void shouldResumeFromTheLogAndGoOnLiveWithoutSeam() {
    log.append(1000);
    start(16);
    RecordingOutput everything = open(EventFilter.EVERYTHING, 0L, false, ENDLESS);
    RecordingOutput alice = open(ALICE, 7L, false, ENDLESS);
    for (int i = 0; i < 50; i++) {
      publish(10);
    }
    awaitEvents(everything, range(1, 1500));
    awaitEvents(alice, matching(ALICE, 8, 1500));
    assertThat(log.reads.get()).isPositive();
  }

  @Test
  void shouldSayResetWhenHistoryWasTrimmedAndGoOnLive() {
    log.append(100);
    log.trimBefore(50);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, 20L, false, ENDLESS);
    awaitFrames(output, 2);
    assertThat(output.frames().get(0)).contains("\"type\":\"connected\"").contains("id: 100.k3f9");
    assertThat(output.frames().get(1))
        .isEqualTo(
            "event: reset\ndata: {\"reason\":\"history_trimmed\",\"oldest\":50,\"head\":100}\nid: 100.k3f9");
    publish(2);
    awaitEvents(output, range(101, 102));
  }

  /** They were cut from the log before this node read them. */
  @Test
  void shouldResetSubscribersThatWaitForRemovedEvents() {
    start(64);
    List<RecordingOutput> live =
        List.of(openLive(EventFilter.EVERYTHING), openLive(EventFilter.EVERYTHING));
    publish(3);
    live.forEach(output -> awaitEvents(output, range(1, 3)));
    RecordingOutput slow = open(EventFilter.EVERYTHING, 0L, false, 200);
    await().until(() -> fanOut.statistics().parked() == 1);
    log.append(5); // never published
    log.trimBefore(9);
    fanOut.skipTo(new LogPosition(8));
    slow.makeRoom(ENDLESS);
    RecordingOutput behind = open(EventFilter.EVERYTHING, 5L, false, ENDLESS);
    RecordingOutput level = open(EventFilter.EVERYTHING, 8L, false, ENDLESS);
    awaitFrames(behind, 2);
    awaitFrames(level, 1);
    awaitFrames(slow, 3);
    live.forEach(output -> awaitFrames(output, 5));
    publish(2);

    String reset =
        "event: reset\ndata: {\"reason\":\"history_trimmed\",\"oldest\":9,\"head\":8}\nid: 8.k3f9";
    for (RecordingOutput output : live) {
      awaitEvents(output, List.of(1L, 2L, 3L, 9L, 10L));
      assertThat(output.frames().get(4)).isEqualTo(reset);
    }
    awaitEvents(behind, range(9, 10));
    assertThat(behind.frames().get(1)).isEqualTo(reset);
    awaitEvents(level, range(9, 10));
    assertThat(level.text()).doesNotContain("reset");
    await().untilAsserted(() -> assertThat(slow.events()).endsWith(9L, 10L));
    assertThat(slow.frames()).containsOnlyOnce(reset);
    assertThat(fanOut.connections().list(Connections.BEGINNING, 10).connections())
        .extracting(Connections.Open::after)
        .as("nobody was sent what was removed")
        .hasSize(5)
        .containsOnly(Optional.of(new LogPosition(8)));
  }

  @Test
  void shouldReplayFromTheOldestWhenExactlyThatIsNext() {
    log.append(100);
    log.trimBefore(50);
    start(16);
    awaitEvents(open(EventFilter.EVERYTHING, 49L, false, ENDLESS), range(50, 100));
  }

  @Test
  void shouldSayResetForAPositionBeyondTheHead() {
    log.append(5);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, 999L, false, ENDLESS);
    awaitFrames(output, 2);
    assertThat(output.frames().get(1))
        .isEqualTo(
            "event: reset\ndata: {\"reason\":\"unknown_position\",\"oldest\":1,\"head\":5}\nid: 5.k3f9");
    publish(1);
    awaitEvents(output, List.of(6L));
  }

  /** A client with a position of another log, and this node is behind the log. */
  @Test
  void shouldSayResetForAPositionNowhereInTheLog() {
    log.append(5);
    start(16);
    List<Frame> notYetPublished = log.append(3);
    RecordingOutput output =
        open(EventFilter.EVERYTHING, LogPosition.NOWHERE.value(), false, ENDLESS);
    awaitFrames(output, 2);
    assertThat(output.frames().get(1)).contains("\"reason\":\"unknown_position\"");
    fanOut.publish(notYetPublished);
    publish(1);
    awaitEvents(output, range(6, 9));
    assertThat(output.misuse()).isEmpty();
  }

  @Test
  void shouldWaitForEventsThatAreCommittedButNotYetFedHere() {
    start(16);
    List<Frame> notYetPublished = log.append(10);
    RecordingOutput output = open(EventFilter.EVERYTHING, 8L, false, ENDLESS);
    awaitFrames(output, 1);
    assertThat(output.frames().get(0)).endsWith("\nid: 8.k3f9");
    fanOut.publish(notYetPublished);
    publish(3);
    awaitEvents(output, range(9, 13));
  }

  private static List<String> states(long readAt) {
    return LongStream.rangeClosed(1, MemoryLog.STREAMS)
        .mapToObj(born -> MemoryLog.state(born, readAt))
        .toList();
  }

  @Test
  void shouldSendSnapshotThenItsPositionThenWhatFollows() {
    log.append(20);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, null, true, ENDLESS);
    awaitFrames(output, 7);
    publish(2);
    awaitEvents(output, range(21, 22));
    List<String> frames = output.frames();
    assertThat(frames.get(0)).doesNotContain("id:").contains("\"head\":20");
    assertThat(frames.subList(1, 6)).isEqualTo(states(20));
    assertThat(frames.get(6)).isEqualTo(snapshotEnd(20));
  }

  /** Page by page: nothing of it is kept meanwhile, and no event in between is lost. */
  @Test
  void shouldSendTheWholeSnapshotToAClientThatReadsSlowly() {
    log.append(20);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, null, true, 10);
    await().untilAtomic(log.stateReads, org.hamcrest.Matchers.greaterThan(0));
    int[] published = {0};
    await()
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              if (published[0] < 100) {
                publish(1);
                published[0]++;
              }
              output.makeRoom(31);
              return published[0] == 100 && output.events().contains(120L);
            });
    assertThat(output.misuse()).isEmpty();
    List<String> frames = output.frames();
    int end =
        frames.indexOf(
            frames.stream().filter(f -> f.contains("snapshot_end")).findFirst().orElseThrow());
    long position = Long.parseLong(frames.get(end).replaceAll("(?s).*id: |\\.k3f9$", ""));
    assertThat(output.events()).isEqualTo(range(position + 1, 120));
    assertThat(frames.subList(end + 1, frames.size())).allMatch(f -> f.contains("\nid: "));

    Map<Long, List<Long>> followed = new HashMap<>();
    for (String frame : frames.subList(1, end)) {
      assertThat(frame).doesNotContain("id:");
      Matcher state = STATE.matcher(frame);
      if (state.find()) {
        long born = Long.parseLong(state.group(1));
        long readAt = Long.parseLong(state.group(2));
        assertThat(followed.put(born, new ArrayList<>(range(1, readAt)))).isNull();
        followed.get(born).removeIf(p -> !isOf(born, p));
      } else {
        Matcher event = EVENT.matcher(frame);
        assertThat(event.find()).as(frame).isTrue();
        long p = Long.parseLong(event.group(1));
        long born = (p - 1) % MemoryLog.STREAMS + 1;
        assertThat(followed).as("the state goes first").containsKey(born);
        followed.get(born).add(p);
      }
    }
    assertThat(followed).hasSize(MemoryLog.STREAMS);
    followed.forEach(
        (born, positions) ->
            assertThat(positions)
                .as("stream %s", born)
                .isEqualTo(range(1, position).stream().filter(p -> isOf(born, p)).toList()));
    assertThat(position).as("read while events came").isGreaterThan(21);
  }

  private static boolean isOf(long born, long position) {
    return (position - 1) % MemoryLog.STREAMS + 1 == born;
  }

  @Test
  void shouldNotLetSnapshotsHoldBackThoseWhoResume() {
    log.append(1000);
    start(16);
    log.statesGate = new CountDownLatch(1);
    List<RecordingOutput> snapshots =
        IntStream.range(0, 10).mapToObj(i -> open(ALICE, null, true, ENDLESS)).toList();
    await()
        .untilAtomic(log.stateReads, org.hamcrest.Matchers.is(2)); // as many as there are threads
    awaitEvents(open(EventFilter.EVERYTHING, 0L, false, ENDLESS), range(1, 1000));
    assertThat(log.stateReads).hasValue(2);
    log.statesGate.countDown();
    for (RecordingOutput snapshot : snapshots) {
      await().until(() -> snapshot.text().contains(snapshotEnd(1000)));
    }
  }

  /** An unreadable row only affects subscribers that want it. */
  @Test
  void shouldGoOnForTheOthersWhileOneReadFails() {
    log.append(1000);
    start(16);
    log.breakage = () -> new IllegalStateException("this row is broken");
    log.broken = ALICE;
    RecordingOutput unlucky = open(ALICE, 0L, false, ENDLESS);
    RecordingOutput without = open(ALICE, null, true, ENDLESS);
    await().until(() -> log.reads.get() > 0 && log.stateReads.get() > 0);
    awaitEvents(open(EventFilter.EVERYTHING, 0L, false, ENDLESS), range(1, 1000));
    RecordingOutput other = open(users("GBOB"), null, true, ENDLESS);
    await().until(() -> other.text().contains(snapshotEnd(1000)));
    log.broken = null;
    awaitEvents(unlucky, matching(ALICE, 1, 1000));
    await().until(() -> without.text().contains(snapshotEnd(1000)));
  }

  /** More often than there are permits to read with, and threads. */
  @Test
  void shouldCloseAConnectionWhoseReadEndsInAnErrorAndGoOn() {
    log.append(1000);
    start(16);
    log.breakage = () -> new StackOverflowError("of a test");
    log.broken = ALICE;
    for (int i = 0; i < 70; i++) {
      open(ALICE, 0L, false, ENDLESS);
      open(ALICE, null, true, ENDLESS);
    }
    awaitClosings(140);
    log.broken = null;
    awaitEvents(open(ALICE, 0L, false, ENDLESS), matching(ALICE, 1, 1000));
    RecordingOutput snapshot = open(ALICE, null, true, ENDLESS);
    await().until(() -> snapshot.text().contains(snapshotEnd(1000)));
  }

  @Test
  void shouldResumeRatherThanSendTheSnapshotAgain() {
    log.append(20);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, 10L, true, ENDLESS);
    awaitEvents(output, range(11, 20));
    assertThat(output.text()).doesNotContain("snapshot");
  }

  @Test
  void shouldSendTheSnapshotAfterAReset() {
    log.append(20);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, 500L, true, ENDLESS);
    await()
        .untilAsserted(
            () -> assertThat(output.frames()).containsAll(states(20)).contains(snapshotEnd(20)));
    assertThat(output.text()).contains("unknown_position");
  }

  /** Otherwise it would return with a position that claims it has seen all of it. */
  @Test
  void shouldGiveNoPositionBeforeASnapshotAfterAResetIsComplete() {
    log.append(20);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, 500L, true, ENDLESS);
    await().untilAsserted(() -> assertThat(output.frames()).contains(snapshotEnd(20)));
    List<String> frames = output.frames();
    assertThat(frames.get(0)).contains("\"type\":\"connected\"").doesNotContain("id:");
    // an empty id makes a browser forget the position it came with
    assertThat(frames.get(1))
        .isEqualTo(
            "event: reset\ndata: {\"reason\":\"unknown_position\",\"oldest\":1,\"head\":20}\nid:");
    assertThat(frames.subList(2, frames.indexOf(snapshotEnd(20))))
        .hasSize(6)
        .noneMatch(frame -> frame.contains("id:"));
    publish(1);
    awaitEvents(output, List.of(21L));
  }

  /** Changes of streams whose states it has are gone: it would keep old states for good. */
  @Test
  void shouldBeginASnapshotAgainIfTheLogIsCutUnderIt() {
    log.append(20);
    start(16);
    RecordingOutput output = open(EventFilter.EVERYTHING, null, true, 10);
    await().until(() -> fanOut.statistics().parked() == 1);
    publish(10);
    log.trimBefore(26);
    output.makeRoom(ENDLESS);
    await().untilAsserted(() -> assertThat(output.frames()).contains(snapshotEnd(30)));
    List<String> frames = output.frames();
    int reset =
        frames.indexOf(
            "event: reset\ndata: {\"reason\":\"history_trimmed\",\"oldest\":26,\"head\":30}\nid:");
    assertThat(reset).isPositive();
    assertThat(frames.subList(reset, frames.size())).containsAll(states(30));
    publish(1);
    awaitEvents(output, List.of(31L));
  }

  @Test
  void shouldMakeNoSnapshotForWhoLeavesDuringTheReset() {
    log.append(3);
    start(64);
    log.gate = new CountDownLatch(1);
    RecordingOutput leaving = open(ALICE, 99L, true, ENDLESS);
    await().until(() -> log.reads.get() == 1);
    leaving.breakDown();
    log.gate.countDown();
    awaitClosings(1);

    // one on each pump, so that any request of the first came earlier
    for (int i = 0; i < 2; i++) {
      RecordingOutput other = open(ALICE, null, true, ENDLESS);
      await().until(() -> other.text().contains(snapshotEnd(3)));
    }
    assertThat(log.stateReads).as("two pages each").hasValue(4);
    assertThat(closings).hasValue(1);
  }

  @Test
  void shouldWriteNothingOfALogPageToWhoWasGoneBeforeItsGreeting() {
    log.append(1000);
    start(16);
    log.gate = new CountDownLatch(1);
    RecordingOutput gone = open(EventFilter.EVERYTHING, 0L, false, ENDLESS);
    await().untilAtomic(log.reads, org.hamcrest.Matchers.is(1));
    gone.breakDown();
    log.gate.countDown();
    awaitClosings(1);

    // one on each pump, so that any offer to the first came earlier
    for (int i = 0; i < 2; i++) {
      awaitEvents(open(EventFilter.EVERYTHING, 0L, false, ENDLESS), range(1, 1000));
    }
    assertThat(gone.offers()).as("its own beginning, the greeting, nothing after it").isEqualTo(2);
    assertThat(gone.misuse()).isEmpty();
  }

  @Test
  void shouldWriteWhatWasPublishedTogetherTogether() {
    start(1024);
    RecordingOutput all = openLive(EventFilter.EVERYTHING);
    RecordingOutput some = openLive(ALICE);
    publish(200);
    awaitEvents(all, range(1, 200));
    awaitEvents(some, matching(ALICE, 1, 200));
    // the greeting, and 200 frames in a few rounds
    assertThat(all.offers()).isLessThan(20);
    assertThat(some.offers()).isLessThan(20);
  }

  @Test
  void shouldSpreadTheReturnOfThoseItCutsOff() {
    start(64);
    Set<String> retries = new HashSet<>();
    for (int i = 0; i < 30; i++) {
      retries.add(openLive(EventFilter.EVERYTHING).text().lines().findFirst().orElseThrow());
    }
    assertThat(retries).hasSizeGreaterThan(20);
  }

  /** A crowd that comes with an old position and leaves again must not keep the store busy. */
  @Test
  void shouldReadNothingForAConnectionThatHasEndedMeanwhile() {
    log.append(1000);
    start(16);
    log.gate = new CountDownLatch(1);
    List<RecordingOutput> stay =
        List.of(
            open(EventFilter.EVERYTHING, 990L, false, ENDLESS),
            open(EventFilter.EVERYTHING, 990L, false, ENDLESS));
    await().untilAtomic(log.reads, org.hamcrest.Matchers.is(2)); // both readers
    for (int i = 0; i < 200; i++) {
      Subscriber visitor =
          fanOut.prepare(
              new Subscription("v", EventFilter.EVERYTHING, Optional.of(new LogPosition(1)), false),
              through -> closings.incrementAndGet());
      visitor.start(new RecordingOutput(visitor, ENDLESS));
      visitor.disconnected();
    }
    awaitClosings(200);
    log.gate.countDown();
    stay.forEach(output -> awaitEvents(output, range(991, 1000)));
    RecordingOutput last = open(EventFilter.EVERYTHING, 990L, false, ENDLESS);
    awaitEvents(last, range(991, 1000));
    assertThat(log.reads.get()).isLessThan(10);
  }

  @Test
  void shouldNotLetAStalledSubscriberHoldBackTheOthers() {
    start(32);
    RecordingOutput stalled = open(EventFilter.EVERYTHING, null, false, 100);
    RecordingOutput fast = openLive(EventFilter.EVERYTHING);
    for (int i = 0; i < 100; i++) {
      publish(10);
    }
    awaitEvents(fast, range(1, 1000));
    assertThat(stalled.events()).hasSizeLessThan(3);
    // far behind the ring by now: it must continue from the log, in the middle of the frame where
    // it stopped
    stalled.makeRoom(ENDLESS);
    awaitEvents(stalled, range(1, 1000));
  }

  @Test
  void shouldCloseASubscriberThatTakesNothingForTheStallTimeOut() {
    start(32, Duration.ofSeconds(60), Duration.ofMillis(300));
    RecordingOutput stalled = open(EventFilter.EVERYTHING, null, false, 200);
    awaitFrames(stalled, 1);
    publish(10);
    awaitClosings(1);
    assertThat(stalled.isClosed()).isTrue();
    assertThat(fanOut.statistics().slowClientsClosed()).isEqualTo(1);
    assertThat(fanOut.statistics().connections()).isZero();
    assertThat(fanOut.statistics().parked()).isZero();
  }

  @Test
  void shouldNotBlameASubscriberForWhatOthersTake() {
    start(32, Duration.ofSeconds(60), Duration.ofMillis(300));
    RecordingOutput held = open(EventFilter.EVERYTHING, null, false, 200);
    held.answerWhetherHeldByOthers(
        () -> {
          held.makeRoom(ENDLESS);
          return true;
        });
    awaitFrames(held, 1);
    publish(10);
    awaitEvents(held, range(1, 10));
    assertThat(fanOut.statistics().slowClientsClosed()).isZero();
    assertThat(held.isClosed()).isFalse();
  }

  /** A container may report a full socket between two frames, when nothing of one is left over. */
  @Test
  void shouldNotBlameASubscriberForTheSecondTimeThatOthersHoldIt() {
    start(32, Duration.ofSeconds(60), Duration.ofMillis(300));
    RecordingOutput held = openLive(EventFilter.EVERYTHING);
    for (int time = 1; time <= 2; time++) {
      CountDownLatch excused = new CountDownLatch(1);
      held.answerWhetherHeldByOthers(
          () -> {
            excused.countDown();
            held.nowReady();
            return true;
          });
      held.notYet();
      publish(10);
      await().until(() -> excused.getCount() == 0);
      awaitEvents(held, range(1, 10L * time));
    }
    assertThat(fanOut.statistics().slowClientsClosed()).isZero();
    assertThat(held.isClosed()).isFalse();
  }

  @Test
  void shouldNotWaitForOthersForever() {
    start(32, Duration.ofSeconds(60), Duration.ofMillis(300));
    RecordingOutput held = open(EventFilter.EVERYTHING, null, false, 200);
    held.answerWhetherHeldByOthers(() -> true);
    awaitFrames(held, 1);
    publish(10);
    awaitClosings(1);
    assertThat(fanOut.statistics().slowClientsClosed()).isEqualTo(1);
  }

  @Test
  void shouldKeepASubscriberThatIsSlowButReads() {
    start(1024, Duration.ofSeconds(60), Duration.ofMillis(400));
    RecordingOutput slow = open(EventFilter.EVERYTHING, null, false, 300);
    publish(100);
    await()
        .pollInterval(Duration.ofMillis(10))
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              slow.makeRoom(100);
              return slow.events().size() == 100;
            });
    assertThat(slow.isClosed()).isFalse();
    assertThat(slow.events()).isEqualTo(range(1, 100));
  }

  @Test
  void shouldSendHeartbeatsOnlyWhenIdleAndMoveTheCursorWithThem() {
    start(64, Duration.ofMillis(300), Duration.ofSeconds(60));
    RecordingOutput idle = openLive(users("GNOBODY"));
    await().untilAsserted(() -> assertThat(idle.frames()).contains(heartbeat(0)));
    publish(7);
    await().untilAsserted(() -> assertThat(idle.frames()).contains(heartbeat(7)));
    assertThat(idle.events()).isEmpty();
  }

  /** Some clients end a connection that is silent for a few seconds. */
  @Test
  void shouldSendHeartbeatsAsOftenAsAClientHasAskedFor() {
    start(64, Duration.ofSeconds(60), Duration.ofSeconds(60));
    Subscription often =
        new Subscription(
            "often", ALICE, Optional.empty(), false, Optional.of(Duration.ofMillis(300)));
    Subscriber subscriber = fanOut.prepare(often, through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, ENDLESS);
    RecordingOutput standard = openLive(ALICE);
    subscriber.start(output);
    awaitFrames(output, 1);
    publish(3);
    awaitEvents(output, matching(ALICE, 1, 3));
    int before = output.frames().size();
    await().until(() -> output.frames().size() >= before + 3);
    assertThat(output.frames().subList(before, before + 3)).containsOnly(heartbeat(3));
    assertThat(standard.text()).doesNotContain("event: heartbeat");
  }

  @Test
  void shouldMoveNoCursorWithTheHeartbeatsOfASnapshotThatIsNotComplete() {
    log.append(20);
    start(16, Duration.ofMillis(100), Duration.ofSeconds(60));
    log.statesGate = new CountDownLatch(1);
    RecordingOutput output = open(EventFilter.EVERYTHING, null, true, ENDLESS);
    String alive = "event: heartbeat\ndata: {\"head\":20}";
    await().untilAsserted(() -> assertThat(output.frames()).contains(alive));
    output.subscriber().close(CloseReason.ROTATION);
    await().until(output::isClosed);
    assertThat(output.text()).endsWith("{\"reason\":\"rotation\"}\n\n").doesNotContain("id:");
    log.statesGate.countDown();
  }

  /** Otherwise it would keep its position of another log. */
  @Test
  void shouldMoveNoCursorBeforeItIsKnownToBeGood() {
    log.append(20);
    start(16, Duration.ofMillis(100), Duration.ofSeconds(60));
    log.gate = new CountDownLatch(1);
    RecordingOutput output = open(EventFilter.EVERYTHING, 99L, false, ENDLESS);
    String alive = "event: heartbeat\ndata: {\"head\":20}";
    await().untilAsserted(() -> assertThat(output.frames()).contains(alive));
    assertThat(output.text()).doesNotContain("id:");
    log.gate.countDown();
    await().untilAsserted(() -> assertThat(output.text()).contains("unknown_position"));
    await().untilAsserted(() -> assertThat(output.frames()).contains(heartbeat(20)));
  }

  @Test
  void shouldTellASlowClientItsPositionWhenItIsCutOff() {
    start(32, Duration.ofSeconds(60), Duration.ofMillis(300));
    RecordingOutput stalled = open(EventFilter.EVERYTHING, null, false, 250);
    awaitFrames(stalled, 1);
    publish(10);
    await().until(() -> fanOut.statistics().parked() == 1);
    long begun = stalled.events().size() + 1L;
    stalled.roomForLastWords();
    awaitClosings(1);
    assertThat(stalled.text()).endsWith("{\"reason\":\"slow_client\"}\nid: " + begun + ".k3f9\n\n");
    assertThat(stalled.events()).isEqualTo(range(1, begun));
  }

  @Test
  void shouldSendNoHeartbeatOnABusyConnection() {
    start(1024, Duration.ofMillis(400), Duration.ofSeconds(60));
    RecordingOutput busy = openLive(EventFilter.EVERYTHING);
    AtomicInteger rounds = new AtomicInteger();
    await()
        .pollInterval(Duration.ofMillis(40))
        .until(
            () -> {
              publish(1);
              return rounds.incrementAndGet() == 30;
            });
    assertThat(busy.text()).doesNotContain("event: heartbeat");
  }

  @Test
  void shouldForgetASubscriberThatIsGone() {
    start(64);
    RecordingOutput output = openLive(ALICE);
    assertThat(fanOut.statistics().filters()).containsEntry("user", 1);
    output.breakDown();
    publish(3);
    awaitClosings(1);
    assertThat(output.isClosed()).isTrue();
    assertThat(fanOut.statistics().connections()).isZero();
    assertThat(fanOut.statistics().filters()).containsEntry("user", 0);
  }

  @Test
  void shouldReleaseExactlyOnceHoweverManyWaysItEnds() {
    start(64);
    Subscriber never = fanOut.prepare(subscription(), through -> closings.incrementAndGet());
    never.close();
    never.close();
    RecordingOutput late = new RecordingOutput(never, ENDLESS);
    never.start(late);
    assertThat(late.isClosed()).isTrue();
    assertThat(closings).hasValue(1);
    for (int i = 0; i < 2000; i++) {
      Subscriber subscriber = fanOut.prepare(subscription(), through -> closings.incrementAndGet());
      RecordingOutput output = new RecordingOutput(subscriber, i % 3 == 0 ? 10 : ENDLESS);
      Thread ender =
          new Thread(
              () -> {
                subscriber.disconnected();
                subscriber.close(CloseReason.ROTATION);
              });
      ender.start();
      subscriber.start(output);
      publish(1);
      subscriber.close();
    }
    await().atMost(Duration.ofSeconds(20)).untilAtomic(closings, org.hamcrest.Matchers.is(2001));
    await().until(() -> fanOut.statistics().connections() == 0);
  }

  private static Subscription subscription() {
    return new Subscription("c", EventFilter.EVERYTHING, Optional.empty(), false);
  }

  /** An output that throws when it is closed must not keep its place or its socket. */
  @Test
  void shouldReleaseAConnectionWhoseOutputCannotBeClosed() throws IOException {
    start(64);
    for (Throwable failure : List.of(new IllegalStateException("test"), new LinkageError("test"))) {
      try (Pipe.SinkChannel socket = Pipe.open().sink()) {
        int before = closings.get();
        Subscriber subscriber =
            fanOut.prepare(subscription(), through -> closings.incrementAndGet());
        subscriber.start(new UnclosableOutput(socket, failure));
        await().until(() -> fanOut.statistics().connections() == 1);
        subscriber.close(CloseReason.ROTATION);
        await().until(subscriber::isClosed);
        // its pump answers when it is done with it: what is not released by then never will be
        fanOut.connections().mostBehind();
        assertThat(closings).hasValue(before + 1);
        assertThat(socket.isOpen()).isFalse();
        assertThat(fanOut.statistics().connections()).isZero();
        assertThat(fanOut.statistics().filters()).containsEntry("all", 0);
      }
    }
    assertThat(fanOut.isRunning()).isTrue();
    RecordingOutput other = openLive(EventFilter.EVERYTHING);
    publish(3);
    awaitEvents(other, range(1, 3));
  }

  private record UnclosableOutput(SelectableChannel socket, Throwable failure)
      implements SocketOutput {
    @Override
    public boolean offer(ByteBuffer block) {
      block.position(block.limit());
      return true;
    }

    @Override
    public void close() {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }
  }

  /** Its timers come long after its end: a crowd that comes and goes must not fill the heap. */
  @Test
  void shouldKeepNothingOfConnectionsThatHaveEnded() {
    start(64, Duration.ofHours(1), Duration.ofHours(1));
    List<WeakReference<Object>> left = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      RecordingOutput output = open(EventFilter.EVERYTHING, null, false, i % 2 == 0 ? 10 : ENDLESS);
      left.add(new WeakReference<>(output));
      output.subscriber().disconnected();
    }
    awaitClosings(200);
    await()
        .untilAsserted(
            () -> {
              System.gc();
              // the lists of the index are cleaned once many more than that have left
              assertThat(left).filteredOn(output -> output.get() != null).hasSizeLessThan(20);
            });
  }

  /**
   * They wait for events that this node has not passed on; it may take long until there are any.
   */
  @Test
  void shouldKeepNothingOfConnectionsThatHaveEndedAheadOfIt() {
    start(64, Duration.ofHours(1), Duration.ofHours(1));
    log.append(10);
    List<WeakReference<Object>> left = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      RecordingOutput output = openLive(EventFilter.EVERYTHING, 8L);
      left.add(new WeakReference<>(output));
      output.subscriber().disconnected();
    }
    awaitClosings(100);
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(left).filteredOn(output -> output.get() != null).hasSizeLessThan(20);
            });
  }

  @Test
  void shouldTakeAllFramesOrNoneAndGoOn() {
    start(64);
    RecordingOutput output = openLive(EventFilter.EVERYTHING);
    List<Frame> frames = log.append(4);
    List<Frame> gap = List.of(frames.get(0), frames.get(1), frames.get(3));
    assertThatThrownBy(() -> fanOut.publish(gap)).isInstanceOf(IllegalArgumentException.class);
    assertThat(fanOut.head()).isEqualTo(LogPosition.BEGINNING);
    fanOut.publish(frames);
    awaitEvents(output, range(1, 4));
  }

  @Test
  void shouldReleaseConnectionsOfAPumpThatWasNeverStarted() {
    FanOutSettings settings =
        new FanOutSettings(2, 2, 64, 1 << 20, Duration.ofSeconds(60), Duration.ofSeconds(60), 2000);
    fanOut =
        new FanOut(settings, log, wording(settings), LogPosition.BEGINNING, LogPosition.BEGINNING);
    RecordingOutput early = open(EventFilter.EVERYTHING, null, false, ENDLESS);
    fanOut.shutdown(Duration.ofSeconds(30));
    assertThat(early.isClosed()).isTrue();
    assertThat(closings).hasValue(1);
  }

  @Test
  void shouldTellEverybodyToReconnectAtShutdownAfterWhatWasPublished() {
    start(64);
    List<RecordingOutput> outputs =
        IntStream.range(0, 20).mapToObj(i -> openLive(EventFilter.EVERYTHING)).toList();
    publish(40);
    fanOut.shutdown(Duration.ofSeconds(5));
    for (RecordingOutput output : outputs) {
      assertThat(output.events()).isEqualTo(range(1, 40));
      List<String> frames = output.frames();
      assertThat(frames.get(frames.size() - 1))
          .matches(
              "retry: (8[0-9]{3}|9[0-9]{3}|10000)\nevent: reconnect\ndata: \\{\"reason\":\"shutdown\"}\nid: 40.k3f9");
      assertThat(output.isClosed()).isTrue();
    }
    assertThat(closings).hasValue(20);
  }

  @Test
  void shouldCutOffAtShutdownWhoDoesNotRead() {
    start(64);
    RecordingOutput stalled = open(EventFilter.EVERYTHING, null, false, 10);
    publish(5);
    await().until(() -> fanOut.statistics().parked() == 1);
    fanOut.shutdown(Duration.ofMillis(200));
    assertThat(stalled.isClosed()).isTrue();
    Subscriber late = fanOut.prepare(subscription(), through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(late, ENDLESS);
    late.start(output);
    await().until(output::isClosed);
    assertThat(closings).hasValue(2);
  }

  @Test
  void shouldReleaseAConnectionWithAFrameBeforeItsStartWhenThePumpHasEnded() {
    start(64);
    fanOut.shutdown(Duration.ofMillis(200));
    Subscriber late = fanOut.prepare(subscription(), through -> closings.incrementAndGet());
    late.send(": hello\n\n".getBytes(StandardCharsets.UTF_8));
    RecordingOutput output = new RecordingOutput(late, ENDLESS);
    late.start(output);
    assertThat(output.isClosed()).isTrue();
    assertThat(closings).hasValue(1);
  }

  @Test
  void shouldSayWhyItCloses() {
    start(64);
    Subscriber subscriber = fanOut.prepare(subscription(), through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, ENDLESS);
    subscriber.start(output);
    subscriber.close(CloseReason.TOKEN_EXPIRED);
    await().until(output::isClosed);
    assertThat(output.text())
        .containsPattern(
            "retry: (1[6-9]|2[0-4])[0-9]{2}\nevent: reconnect\ndata: \\{\"reason\":\"token_expired\"}\nid: 0.k3f9\n\n$");
  }

  private RecordingOutput openFor(Duration lifetime, long room) {
    Subscriber subscriber =
        fanOut.prepare(
            new Subscription(
                "c",
                EventFilter.EVERYTHING,
                Optional.empty(),
                false,
                Optional.of(lifetime),
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty()),
            through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, room);
    subscriber.start(output);
    return output;
  }

  @Test
  void shouldEndASubscriptionWhoseTimeIsUpAndSayWhy() {
    start(1 << 12);
    RecordingOutput endless = openLive(EventFilter.EVERYTHING);
    RecordingOutput longest = openFor(Duration.ofSeconds(Long.MAX_VALUE), ENDLESS);
    RecordingOutput hour = openFor(Duration.ofHours(1), ENDLESS);
    RecordingOutput brief = openFor(Duration.ofMillis(700), ENDLESS);
    RecordingOutput over = openFor(Duration.ofSeconds(-5), ENDLESS);
    awaitFrames(brief, 1);
    publish(1);
    awaitEvents(brief, range(1, 1));
    long[] published = {1};
    // a connection that is always busy needs no heartbeat, and must still end
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              publish(1);
              published[0]++;
              return brief.isClosed() && over.isClosed();
            });
    for (RecordingOutput ended : List.of(brief, over)) {
      assertThat(ended.text())
          .endsWith(
              "event: reconnect\ndata: {\"reason\":\"token_expired\"}\nid: "
                  + ended.events().size()
                  + ".k3f9\n\n");
      assertThat(ended.misuse()).isEmpty();
    }
    assertThat(brief.events().size()).isGreaterThan(5);
    awaitClosings(2);
    publish(1);
    for (RecordingOutput open : List.of(endless, longest, hour)) {
      awaitEvents(open, range(1, published[0] + 1));
      assertThat(open.text()).doesNotContain("reconnect");
    }
  }

  /** The machine was asleep, and the other clock with it. */
  @Test
  void shouldEndASubscriptionWhenTheTimeOfDaySaysSo() {
    AtomicReference<Instant> wall = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000L));
    FanOutSettings settings =
        new FanOutSettings(2, 2, 64, 1 << 20, Duration.ofMillis(100), Duration.ofSeconds(60), 2000);
    fanOut =
        new FanOut(
            settings,
            log,
            wording(settings),
            LogPosition.BEGINNING,
            LogPosition.BEGINNING,
            wall::get,
            new Arrivals());
    fanOut.start();
    RecordingOutput hour = openFor(Duration.ofHours(1), ENDLESS);
    RecordingOutput day = openFor(Duration.ofDays(1), ENDLESS);
    awaitFrames(hour, 3);
    awaitFrames(day, 3);
    assertThat(hour.isClosed()).isFalse();
    wall.set(wall.get().plus(Duration.ofHours(1)));
    await().until(hour::isClosed);
    assertThat(hour.text()).contains("{\"reason\":\"token_expired\"}");
    assertThat(day.isClosed()).isFalse();
  }

  @Test
  void shouldGiveNothingNewToASlowClientWhoseTimeIsUp() {
    start(64, Duration.ofSeconds(60), Duration.ofSeconds(60));
    RecordingOutput slow = openFor(Duration.ofMillis(300), 250);
    publish(20);
    await().until(() -> fanOut.statistics().parked() == 1);
    List<Long> before = slow.events();
    await().until(() -> fanOut.statistics().filters().get("all") == 0);
    slow.makeRoom(1 << 20);
    await().until(slow::isClosed);
    assertThat(slow.events().size()).isLessThanOrEqualTo(before.size() + 1);
    // everything it was sent, and nothing else
    assertThat(slow.text())
        .endsWith("{\"reason\":\"token_expired\"}\nid: " + slow.events().size() + ".k3f9\n\n");
  }

  private RecordingOutput openNotReady(Subscription wanted, List<CloseReason> reasons) {
    Subscriber subscriber =
        fanOut.prepare(
            wanted,
            new SubscriptionListener() {
              @Override
              public void closing(CloseReason reason) {
                reasons.add(reason);
              }

              @Override
              public void ended(long through) {
                closings.incrementAndGet();
              }
            });
    RecordingOutput output = new RecordingOutput(subscriber, ENDLESS);
    output.notYet();
    subscriber.start(output);
    return output;
  }

  /** The container is still busy with the request, or with the head of the response. */
  @Test
  void shouldBeginWhenTheSocketIsReadyAndNotAsOneThatIsSlow() {
    log.append(10);
    start(64, Duration.ofMillis(50), Duration.ofSeconds(60));
    List<CloseReason> reasons = new CopyOnWriteArrayList<>();
    RecordingOutput fresh = openNotReady(subscription(), reasons);
    RecordingOutput resumed =
        openNotReady(
            new Subscription("c", EventFilter.EVERYTHING, Optional.of(new LogPosition(8)), false),
            reasons);
    await().until(() -> fanOut.statistics().connections() == 2);
    List<RecordingOutput> live =
        List.of(openLive(EventFilter.EVERYTHING), openLive(EventFilter.EVERYTHING));
    publish(5);
    live.forEach(output -> awaitEvents(output, range(11, 15)));
    live.forEach(output -> await().until(() -> output.text().contains("event: heartbeat")));
    assertThat(fanOut.statistics().parked()).isZero();
    assertThat(fresh.offers() + resumed.offers()).isZero();

    fresh.nowReady();
    resumed.nowReady();
    awaitFrames(fresh, 1);
    assertThat(fresh.frames().get(0)).contains("\"connected\"").endsWith("\nid: 15.k3f9");
    awaitEvents(resumed, range(9, 15));
    publish(1);
    awaitEvents(fresh, range(16, 16));
    assertThat(reasons).isEmpty();
  }

  @Test
  void shouldEndOneWhoseSocketIsNeverReady() {
    start(64, Duration.ofMillis(50), Duration.ofMillis(200));
    List<CloseReason> reasons = new CopyOnWriteArrayList<>();
    RecordingOutput never = openNotReady(subscription(), reasons);
    awaitClosings(1);
    assertThat(never.isClosed()).isTrue();
    assertThat(never.text()).isEmpty();
    assertThat(reasons).containsExactly(CloseReason.SLOW_CLIENT);
  }

  @Test
  void shouldSendFramesAndAClosingFrameToAConnectionClosedBeforeItsSocketIsReady() {
    start(64);
    List<CloseReason> reasons = new CopyOnWriteArrayList<>();
    RecordingOutput early = openNotReady(subscription(), reasons);
    early.subscriber().send("data: hello\n\n".getBytes(StandardCharsets.UTF_8));
    early.subscriber().close(CloseReason.ROTATION);
    await().until(() -> !reasons.isEmpty());
    early.nowReady();
    awaitClosings(1);
    assertThat(early.frames()).hasSize(3);
    assertThat(early.frames().get(1)).isEqualTo("data: hello");
    assertThat(early.frames().get(2)).contains("{\"reason\":\"rotation\"}");

    openNotReady(subscription(), reasons);
    await().until(() -> fanOut.statistics().connections() == 1);
    fanOut.shutdown(Duration.ofMillis(300));
    awaitClosings(2);
  }

  @Test
  void shouldSendNoticesBetweenFramesAndRefuseToHoardThem() {
    start(64);
    Subscriber subscriber = fanOut.prepare(subscription(), through -> closings.incrementAndGet());
    RecordingOutput output = new RecordingOutput(subscriber, ENDLESS);
    assertThat(subscriber.send(": hello\n\n".getBytes(StandardCharsets.UTF_8))).isTrue();
    for (int i = 0; i < 15; i++) {
      assertThat(subscriber.send(": more\n\n".getBytes(StandardCharsets.UTF_8))).isTrue();
    }
    assertThat(subscriber.send(": too much\n\n".getBytes(StandardCharsets.UTF_8))).isFalse();
    subscriber.start(output);
    awaitFrames(output, 17);
    assertThat(output.frames().get(1)).isEqualTo(": hello");
  }

  @Test
  void shouldWaitForALogThatCannotBeReadAndSkipNothing() {
    log.append(100);
    start(16);
    log.failing = true;
    RecordingOutput output = open(EventFilter.EVERYTHING, 0L, false, ENDLESS);
    await().untilAsserted(() -> assertThat(log.reads.get()).isPositive());
    publish(5);
    log.failing = false;
    awaitEvents(output, range(1, 105));
  }

  @Test
  void shouldGoOnFromTheLogWhenThePumpItselfFallsBehindTheRing() {
    start(16);
    RecordingOutput everything = openLive(EventFilter.EVERYTHING);
    RecordingOutput alice = openLive(ALICE);
    publish(5000);
    awaitEvents(everything, range(1, 5000));
    awaitEvents(alice, matching(ALICE, 1, 5000));
  }

  /**
   * Random rooms, random resumes, a tiny ring: every subscriber must still get its events, all,
   * once, in order.
   */
  @Test
  void shouldLoseNothingUnderChaos() {
    Random random = new Random(42);
    log.append(200);
    start(32);
    List<EventFilter> filters =
        List.of(
            EventFilter.EVERYTHING,
            ALICE,
            users("GBOB", "GCAROL"),
            new EventFilter(false, Set.of(new StreamId(3)), Set.of(), Set.of()),
            new EventFilter(true, Set.of(), Set.of(), Set.of(EventType.STREAM_WITHDRAWN)));
    List<RecordingOutput> outputs = new ArrayList<>();
    List<Long> starts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      long after = random.nextInt(201);
      starts.add(after);
      outputs.add(open(filters.get(i % filters.size()), after, false, random.nextInt(2000)));
    }
    for (int i = 0; i < 300; i++) {
      publish(1 + random.nextInt(20));
      outputs.get(random.nextInt(60)).makeRoom(random.nextInt(3000));
    }
    long head = log.bounds().head().value();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5)) // each look makes room for more
        .until(
            () -> {
              outputs.forEach(o -> o.makeRoom(random.nextInt(4000)));
              return IntStream.range(0, 60)
                  .allMatch(
                      i ->
                          outputs.get(i).events().size()
                              >= matching(filters.get(i % filters.size()), starts.get(i) + 1, head)
                                  .size());
            });
    for (int i = 0; i < 60; i++) {
      assertThat(outputs.get(i).misuse()).isEmpty();
      assertThat(outputs.get(i).events())
          .isEqualTo(matching(filters.get(i % filters.size()), starts.get(i) + 1, head));
    }
  }
}
