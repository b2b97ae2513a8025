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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The list of connections for administrators. */
@ExtendWith(QuickLooks.class)
@Timeout(120)
class ConnectionsTest {
  private static final long ENDLESS = Long.MAX_VALUE / 2;

  private final MemoryLog log = new MemoryLog();
  private final FanOutSettings settings =
      new FanOutSettings(3, 2, 1024, 1 << 20, Duration.ofMinutes(1), Duration.ofMinutes(1), 2000);
  private final List<CloseReason> reasons = new CopyOnWriteArrayList<>();
  private FanOut fanOut;

  private void start() {
    start(settings);
  }

  private void start(FanOutSettings settings) {
    LogPosition head = log.bounds().head();
    fanOut =
        new FanOut(
            settings, log, () -> new ControlFrames(settings, new LogIdentity("test")), head, head);
    fanOut.start();
  }

  @AfterEach
  void stop() {
    fanOut.shutdown(Duration.ofSeconds(2));
  }

  private Subscriber prepare(String name, EventFilter filter, Optional<LogPosition> after) {
    return fanOut.prepare(
        new Subscription(name, filter, after, false)
            .admit(
                filter,
                Optional.empty(),
                Optional.of(new Address("G" + name)),
                Optional.empty(),
                "::" + name),
        new SubscriptionListener() {
          @Override
          public void closing(CloseReason reason) {
            reasons.add(reason);
          }

          @Override
          public void ended(long through) {}
        });
  }

  private RecordingOutput open(
      String name, EventFilter filter, Optional<LogPosition> after, long room) {
    Subscriber subscriber = prepare(name, filter, after);
    RecordingOutput output = new RecordingOutput(subscriber, room);
    subscriber.start(output);
    return output;
  }

  private List<Connections.Open> all(int pageSize) {
    List<Connections.Open> found = new ArrayList<>();
    OptionalLong next = OptionalLong.of(Connections.BEGINNING);
    while (next.isPresent()) {
      Connections.Page page = fanOut.connections().list(next.getAsLong(), pageSize);
      assertThat(page.connections()).hasSizeLessThanOrEqualTo(pageSize);
      found.addAll(page.connections());
      next = page.next();
    }
    return found;
  }

  private Connections.Open only(String name) {
    return all(2).stream().filter(open -> open.clientId().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void shouldShowEachConnectionAsItIs() {
    log.append(20);
    start();
    EventFilter nobody = new EventFilter(false, Set.of(), Set.of(new Address("NOBODY")), Set.of());
    RecordingOutput live = open("live", nobody, Optional.empty(), ENDLESS);
    RecordingOutput slow =
        open("slow", EventFilter.EVERYTHING, Optional.of(new LogPosition(5)), 600);
    CountDownLatch gate = new CountDownLatch(1);
    await().until(() -> fanOut.statistics().parked() == 1);
    log.gate = gate;
    try {
      open("new", EventFilter.EVERYTHING, Optional.of(new LogPosition(3)), ENDLESS);
      fanOut.publish(log.append(10));
      await().until(() -> only("live").cursor().equals(Optional.of(new LogPosition(30))));

      Connections.Open one = only("live");
      assertThat(one.account()).contains(new Address("Glive"));
      assertThat(one.address()).isEqualTo("::live");
      assertThat(one.filter()).isEqualTo(nobody);
      assertThat(one.lag()).hasValue(0);
      assertThat(one.bytes()).isEqualTo(live.text().length()).isPositive();
      assertThat(one.age()).isPositive().isLessThan(Duration.ofMinutes(2));

      Connections.Open two = only("slow");
      assertThat(two.bytes()).isEqualTo(slow.text().length()).isEqualTo(600);
      // its last frame is partly written
      long sent = 5 + slow.events().size() + 1L;
      assertThat(two.cursor()).contains(new LogPosition(sent));
      assertThat(two.lag()).hasValue(30 - sent);

      Connections.Open three = only("new");
      assertThat(three.cursor()).as("before its first words").isEmpty();
      assertThat(three.lag()).isEmpty();
      assertThat(three.bytes()).isZero();
    } finally {
      gate.countDown();
    }
  }

  @Test
  void shouldCloseTheOneThatIsNamed() {
    start();
    List<RecordingOutput> outputs = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      outputs.add(open("c" + i, EventFilter.EVERYTHING, Optional.empty(), ENDLESS));
    }
    await().until(() -> fanOut.statistics().connections() == 1000);
    byte[] news = "data: news\n\n".getBytes(StandardCharsets.UTF_8);
    assertThat(fanOut.connections().send("c777", news)).contains(true);
    await().until(() -> outputs.get(777).text().endsWith("data: news\n\n"));
    assertThat(outputs.stream().filter(output -> output.text().contains("news"))).hasSize(1);
    assertThat(fanOut.connections().send("nobody", news)).isEmpty();
    assertThat(fanOut.connections().close("c777")).isTrue();
    RecordingOutput closed = outputs.get(777);
    await().until(closed::isClosed);
    assertThat(closed.text())
        .as("a reason that clients know")
        .endsWith("event: reconnect\ndata: {\"reason\":\"rotation\"}\nid: 0.test\n\n");
    assertThat(reasons).containsExactly(CloseReason.CLOSED_BY_ADMIN);
    await().until(() -> fanOut.statistics().connections() == 999);
    assertThat(fanOut.connections().close("c777")).isFalse();
    assertThat(fanOut.connections().close("nobody")).isFalse();
    assertThat(all(256)).hasSize(999).noneMatch(open -> open.clientId().equals("c777"));
  }

  /** A search through thousands would otherwise delay what is published. */
  @Test
  void shouldLookForOneInSmallStepsSoThatOthersHaveTheirTurns() throws Exception {
    start(settings.small());
    List<RecordingOutput> outputs = new ArrayList<>();
    for (int i = 0; i <= 2 * Connections.LONGEST_PAGE; i++) {
      outputs.add(open("c" + i, EventFilter.EVERYTHING, Optional.empty(), ENDLESS));
    }
    RecordingOutput first = outputs.get(0);
    await().until(() -> !outputs.get(outputs.size() - 1).text().isEmpty());
    Connections list = fanOut.connections();
    long second = list.list(Connections.BEGINNING, Connections.LONGEST_PAGE).next().orElseThrow();
    long third = list.list(second, Connections.LONGEST_PAGE).next().orElseThrow();
    Connections.Page last = list.list(third, Connections.LONGEST_PAGE);
    assertThat(last.connections()).hasSize(1);
    String name = last.connections().get(0).clientId();

    FutureTask<Boolean> search = new FutureTask<>(() -> list.close(name));
    FutureTask<Connections.Page> meanwhile =
        new FutureTask<>(() -> list.list(third, Connections.LONGEST_PAGE));
    synchronized (first) {
      fanOut.publish(log.append(1));
      await().until(first::isAwaited); // the pump answers nobody from here on
      awaitItsQuestion(new Thread(search));
      awaitItsQuestion(new Thread(meanwhile));
    }
    assertThat(meanwhile.get().connections()).as("its turn is before the end").hasSize(1);
    assertThat(search.get()).isTrue();
    await().until(() -> list.list(third, Connections.LONGEST_PAGE).connections().isEmpty());
  }

  private static void awaitItsQuestion(Thread asking) {
    asking.start();
    await().until(() -> asking.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void shouldSendNothingToOneForWhomTooMuchWaits() {
    start();
    RecordingOutput slow = open("slow", EventFilter.EVERYTHING, Optional.empty(), 300);
    await().until(() -> slow.frames().size() == 1);
    byte[] large = new byte[Announcements.MOST_ANNOUNCED_BYTES];
    Arrays.fill(large, (byte) 'x');
    int taken = 0;
    while (taken < 100 && fanOut.connections().send("slow", large).orElseThrow()) {
      taken++;
    }
    assertThat(taken).isBetween(1, 40);
    assertThat(slow.isClosed()).isFalse();
    assertThatThrownBy(
            () ->
                fanOut.connections().send("slow", new byte[Announcements.MOST_ANNOUNCED_BYTES + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldSayWhyTheServerEndedAConnectionAndNothingIfTheClientLeft() {
    start();
    open("a", EventFilter.EVERYTHING, Optional.empty(), ENDLESS).subscriber().disconnected();
    await().until(() -> all(256).isEmpty());
    assertThat(reasons).isEmpty();
    prepare("b", EventFilter.EVERYTHING, Optional.empty()).close(CloseReason.ROTATION);
    open("c", EventFilter.EVERYTHING, Optional.empty(), ENDLESS);
    await().until(() -> all(256).size() == 1);
    fanOut.shutdown(Duration.ofSeconds(2));
    assertThat(reasons).containsExactly(CloseReason.ROTATION, CloseReason.SHUTDOWN);
    assertThat(all(256)).as("asked after the end").isEmpty();
  }

  @Test
  void shouldRefusePagesOutOfBounds() {
    start();
    for (int limit : new int[] {0, -1, Connections.LONGEST_PAGE + 1}) {
      assertThatThrownBy(() -> fanOut.connections().list(Connections.BEGINNING, limit))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> fanOut.connections().list(-2, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(fanOut.connections().list(Long.MAX_VALUE, 1).connections()).isEmpty();
  }

  /** A client that only counts what it gets, because there are thousands. */
  private static final class CountingOutput implements EventOutput {
    private final AtomicLong bytes = new AtomicLong();

    @Override
    public boolean offer(ByteBuffer block) throws IOException {
      bytes.addAndGet(block.remaining());
      block.position(block.limit());
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void shouldMeetEveryConnectionOnceWhileEventsFlowAndOthersComeAndGo() throws Exception {
    int staying = 5_000;
    start();
    List<CountingOutput> outputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < staying; i++) {
      String name = "stays" + i;
      names.add(name);
      CountingOutput output = new CountingOutput();
      outputs.add(output);
      prepare(name, EventFilter.EVERYTHING, Optional.empty()).start(output);
      if (i % 3 == 0) {
        // holes between the ones that stay
        Subscriber leaves = prepare("leaves" + i, EventFilter.EVERYTHING, Optional.empty());
        leaves.start(new CountingOutput());
        leaves.disconnected();
      }
    }
    await().until(() -> fanOut.statistics().connections() == staying);
    AtomicBoolean going = new AtomicBoolean(true);
    AtomicLong published = new AtomicLong();
    Thread publisher =
        new Thread(
            () -> {
              while (going.get() && published.get() < 4_000) {
                fanOut.publish(log.append(4));
                published.addAndGet(4);
                Thread.yield();
              }
            });
    Thread crowd =
        new Thread(
            () -> {
              for (int i = 0; going.get(); i++) {
                Subscriber visitor =
                    prepare("visits" + i, EventFilter.EVERYTHING, Optional.empty());
                visitor.start(new CountingOutput());
                visitor.disconnected();
                Thread.yield();
              }
            });
    publisher.start();
    crowd.start();
    try {
      for (int size : new int[] {256, 100, 37}) {
        List<String> met = all(size).stream().map(Connections.Open::clientId).toList();
        assertThat(met).doesNotHaveDuplicates().containsAll(names);
      }
    } finally {
      going.set(false);
      publisher.join();
      crowd.join();
    }
    // nobody was delayed: everything published has been delivered to all of them
    long last = published.get();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                all(256).stream()
                    .filter(open -> names.contains(open.clientId()))
                    .allMatch(open -> open.cursor().equals(Optional.of(new LogPosition(last)))));
    assertThat(outputs.stream().map(output -> output.bytes.get()).distinct())
        .as("the same bytes, but for greetings of other lengths")
        .hasSizeLessThan(40);
    assertThat(fanOut.statistics().slowClientsClosed()).isZero();
  }
}
