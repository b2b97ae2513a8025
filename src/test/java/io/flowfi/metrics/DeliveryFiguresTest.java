package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.fanout.Backlog;
import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.FanOut;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Frame;
import io.flowfi.fanout.SocketOutput;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.frames.ControlFrames;
import io.flowfi.it.TestAddresses;
import io.flowfi.limit.SlotCounts;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a real fan-out, whose clients read or do not. */
@Timeout(60)
class DeliveryFiguresTest {
  private static final Duration STALL = Duration.ofMillis(300);

  private FanOut fanOut;

  @AfterEach
  void stop() {
    fanOut.shutdown(Duration.ofMillis(200));
  }

  private void start(Duration stall) {
    start(stall, new LogBounds(new LogPosition(1), LogPosition.BEGINNING));
  }

  private void start(Duration stall, LogBounds log) {
    FanOutSettings settings =
        new FanOutSettings(2, 1, 1024, 1 << 20, Duration.ofMinutes(1), stall, 2000);
    fanOut =
        new FanOut(
            settings,
            new OnlyTheRing(log),
            () -> new ControlFrames(settings, new LogIdentity("k3f9")),
            log.head(),
            log.head());
    fanOut.start();
  }

  /** Everything that these tests send is in the ring. */
  private record OnlyTheRing(LogBounds bounds) implements Backlog {
    @Override
    public Page read(LogPosition after, EventFilter filter, int maxFrames) {
      return new Page(List.of(), after);
    }

    @Override
    public Page changes(
        LogPosition after, EventFilter filter, int maxFrames, Predicate<LogPosition> born) {
      throw new IllegalStateException("nobody asks for a snapshot");
    }

    @Override
    public States states(EventFilter filter, LogPosition after, LogPosition upTo, int maxStates) {
      throw new IllegalStateException("nobody asks for a snapshot");
    }
  }

  /** That of a container, which takes so many bytes and no more. */
  private static class Socket implements EventOutput {
    private int room;

    Socket(int room) {
      this.room = room;
    }

    @Override
    public boolean offer(ByteBuffer block) {
      int taken = Math.min(room, block.remaining());
      block.position(block.position() + taken);
      room -= taken;
      return !block.hasRemaining();
    }

    @Override
    public void close() {
      // there is nothing to close
    }
  }

  /** One to which the server writes by itself. */
  private static final class OwnSocket extends Socket implements SocketOutput {
    OwnSocket(int room) {
      super(room);
    }

    @Override
    public SelectableChannel socket() {
      return null;
    }
  }

  private Subscriber follow(String name, EventFilter filter, int room) {
    return follow(name, filter, Optional.empty(), new Socket(room));
  }

  private Subscriber follow(
      String name, EventFilter filter, Optional<LogPosition> after, EventOutput output) {
    Subscriber subscriber =
        fanOut.prepare(new Subscription(name, filter, after, false), through -> {});
    subscriber.start(output);
    return subscriber;
  }

  private static Frame frame(long position) {
    return new Frame(
        new LogPosition(position),
        EventType.STREAM_CREATED,
        List.of(FilterKey.All.INSTANCE),
        ("event: stream.created\ndata: {}\nid: " + position + ".k3f9\n\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, Double> read() {
    return PrometheusText.values(
        readings ->
            new DeliveryFigures(fanOut, () -> new SlotCounts(3, 2, 1, 2), 500, () -> 4, readings));
  }

  @Test
  void shouldShowHowManyAreSlowAndHowFarTheSlowestIsBehind() {
    start(Duration.ofMinutes(1));
    int room = 1 << 20;
    Subscriber reads = follow("client-1", EventFilter.EVERYTHING, room);
    await().until(() -> fanOut.statistics().bytes() > 0);
    int greeting = (int) fanOut.statistics().bytes();
    follow("client-2", EventFilter.EVERYTHING, greeting);
    await().until(() -> fanOut.statistics().bytes() == 2L * greeting);
    assertThat(read())
        .containsEntry("flowfi_slow_clients", 0.0)
        .containsEntry("flowfi_slowest_client_lag_events", 0.0);

    fanOut.publish(LongStream.rangeClosed(1, 7).mapToObj(DeliveryFiguresTest::frame).toList());
    await().until(() -> fanOut.statistics().delivered() >= 7 && fanOut.statistics().parked() == 1);
    int frames = 7 * frame(1).bytes().length;
    assertThat(read())
        .containsEntry("flowfi_slow_clients", 1.0)
        .containsEntry("flowfi_slowest_client_lag_events", 7.0)
        .containsEntry("flowfi_connectionsallasync", 2.0)
        .containsEntry("flowfi_connections_opened_total", 2.0)
        .containsEntry("flowfi_events_published_total", 7.0)
        .containsEntry("flowfi_deliveries_total", 7.0)
        .containsEntry("flowfi_sent_bytes_total", 2.0 * greeting + frames)
        .containsEntry("flowfi_filtersall", 2.0)
        .containsEntry("flowfi_ring_events", 7.0)
        .containsEntry("flowfi_ring_bytes", (double) frames)
        .containsEntry("flowfi_connections_limit", 500.0)
        .containsEntry("flowfi_connection_slots", 3.0)
        .containsEntry("flowfi_connection_addresses", 2.0)
        .containsEntry("flowfi_connection_users", 1.0)
        .containsEntry("flowfi_long_polls", 4.0);
    assertThat(reads.isClosed()).isFalse();
  }

  @Test
  void shouldCountEveryEndByItsReason() {
    start(STALL);
    int room = 1 << 20;
    for (CloseReason reason : CloseReason.values()) {
      // one more of each, so that no two counts are the same
      for (int i = 0; i <= reason.ordinal() && reason != CloseReason.SLOW_CLIENT; i++) {
        follow(reason + "-" + i, EventFilter.EVERYTHING, room).close(reason);
      }
    }
    follow("gone", EventFilter.EVERYTHING, room).disconnected();
    follow("without a word", EventFilter.EVERYTHING, room).close();
    follow("stalls", EventFilter.EVERYTHING, 0);
    await().until(() -> fanOut.statistics().connections() == 0);
    assertThat(read())
        .containsEntry("flowfi_connections_closed_totalshutdown", 1.0)
        .containsEntry("flowfi_connections_closed_totalslow_client", 1.0)
        .containsEntry("flowfi_connections_closed_totaltoken_expired", 3.0)
        .containsEntry("flowfi_connections_closed_totalrotation", 4.0)
        .containsEntry("flowfi_connections_closed_totalclosed_by_admin", 5.0)
        .containsEntry("flowfi_connections_closed_totalaccess_lost", 6.0)
        .containsEntry("flowfi_connections_closed_totalclient_gone", 1.0)
        .containsEntry("flowfi_connections_closed_totalother", 1.0);
  }

  @Test
  void shouldCountOpenConnectionsByWhatTheyFollowAndHowTheyAreWrittenTo() {
    start(Duration.ofMinutes(1));
    Set<StreamId> streams = Set.of(new StreamId(7), new StreamId(8), new StreamId(9));
    Set<Address> users =
        Set.of(new Address(TestAddresses.account(1)), new Address(TestAddresses.account(2)));
    List<EventFilter> filters =
        List.of(
            EventFilter.EVERYTHING,
            new EventFilter(false, streams, Set.of(), Set.of()),
            new EventFilter(false, Set.of(), users, Set.of()),
            new EventFilter(false, streams, users, Set.of()),
            EventFilter.NOTHING);
    int room = 1 << 20;
    // one more of each, so that no two counts are the same
    for (int kind = 0; kind < filters.size(); kind++) {
      for (int i = 0; i <= kind; i++) {
        follow("async-" + kind + i, filters.get(kind), room);
        follow("own-" + kind + i, filters.get(kind), Optional.empty(), new OwnSocket(room));
        follow("also-" + kind + i, filters.get(kind), Optional.empty(), new OwnSocket(room));
      }
    }
    await().until(() -> fanOut.statistics().connections() == 45);
    Map<String, Double> read = read();
    List<String> words = List.of("all", "streams", "users", "mixed", "nothing");
    for (int kind = 0; kind < words.size(); kind++) {
      assertThat(read)
          .containsEntry("flowfi_connections" + words.get(kind) + "async", kind + 1.0)
          .containsEntry("flowfi_connections" + words.get(kind) + "detached", 2 * (kind + 1.0));
    }
    assertThat(read)
        .containsEntry("flowfi_filtersall", 3.0)
        .containsEntry("flowfi_filtersstream", 3.0 * (2 * 3 + 4 * 3))
        .containsEntry("flowfi_filtersuser", 2.0 * (3 * 3 + 4 * 3));
  }

  @Test
  void shouldCountWhyClientsHadToStartOver() {
    start(Duration.ofMinutes(1), new LogBounds(new LogPosition(10), new LogPosition(20)));
    int room = 1 << 20;
    for (long after : new long[] {20, 3, 4, 99}) {
      follow(
          "after-" + after,
          EventFilter.EVERYTHING,
          Optional.of(new LogPosition(after)),
          new Socket(room));
    }
    await()
        .untilAsserted(
            () ->
                assertThat(read())
                    .containsEntry("flowfi_resets_totalhistory_trimmed", 2.0)
                    .containsEntry("flowfi_resets_totalunknown_position", 1.0));
  }
}
