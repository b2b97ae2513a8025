package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.fanout.Announcements;
import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.StreamId;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BroadcastersTest {
  private static final EventFilter SEVEN =
      new EventFilter(false, Set.of(new StreamId(7)), Set.of(), Set.of());
  private static final OutboundSseEvent NEWS = new EventStreamSse().newEvent("news");

  private final List<OutboundSseEvent> taken = new ArrayList<>();
  private final List<String> announced = new CopyOnWriteArrayList<>();
  private volatile boolean refusing;
  private final Broadcasters broadcasters = new Broadcasters(this::announce);
  private final List<FakeSubscriber> subscribers = new CopyOnWriteArrayList<>();

  /** A subscriber that ends when told to: at once, or later as a real one does. */
  private static final class FakeSubscriber implements Subscriber {
    final Subscription subscription;
    final List<String> sent = new CopyOnWriteArrayList<>();
    private final SubscriptionListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();
    volatile boolean full;
    volatile boolean endsLater;

    FakeSubscriber(Subscription subscription, SubscriptionListener listener) {
      this.subscription = subscription;
      this.listener = listener;
    }

    @Override
    public void start(EventOutput output) {}

    @Override
    public boolean send(byte[] frame) {
      return !full && sent.add(new String(frame, StandardCharsets.UTF_8));
    }

    @Override
    public void close(CloseReason reason) {
      close();
    }

    @Override
    public void close() {
      if (!endsLater) {
        end();
      }
    }

    void end() {
      if (closed.compareAndSet(false, true)) {
        listener.ended(-1);
      }
    }

    @Override
    public boolean isClosed() {
      return closed.get();
    }

    @Override
    public long sentThrough() {
      return -1;
    }

    @Override
    public void writable() {}

    @Override
    public void disconnected() {
      close();
    }
  }

  private Optional<CompletableFuture<Integer>> announce(EventFilter filter, byte[] frame) {
    assertThat(filter).isEqualTo(SEVEN);
    boolean taken = !refusing && announced.add(new String(frame, StandardCharsets.UTF_8));
    return taken ? Optional.of(CompletableFuture.completedFuture(1)) : Optional.empty();
  }

  private EventStreamSink sink() {
    return sink(new AtomicReference<>());
  }

  private EventStreamSink sink(AtomicReference<byte[]> body) {
    SubscriberFactory factory =
        (subscription, listener) -> {
          FakeSubscriber made = new FakeSubscriber(subscription, listener);
          subscribers.add(made);
          return made;
        };
    return new EventStreamSink(factory, body::set);
  }

  /** A sink that is not one of ours. */
  private SseEventSink foreign() {
    return new SseEventSink() {
      @Override
      public boolean isClosed() {
        return false;
      }

      @Override
      public CompletionStage<?> send(OutboundSseEvent event) {
        taken.add(event);
        return CompletableFuture.completedStage(null);
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void shouldCarryTheFilterOfABroadcasterWhole() {
    EventStreamSink sink = sink();
    EventFilter narrow =
        new EventFilter(
            false,
            Set.of(new StreamId(7)),
            Set.of(new Address("GALICE")),
            Set.of(EventType.STREAM_CREATED));
    broadcasters.of(narrow).register(sink);
    assertThatThrownBy(() -> broadcasters.of(SEVEN).register(sink))
        .as("one filter, and that is fixed")
        .isInstanceOf(IllegalStateException.class);
    sink.flush();
    assertThat(subscribers.get(0).subscription.filter()).isSameAs(narrow);
  }

  @Test
  void shouldKeepTheWishesOfASubscription() {
    EventStreamSink sink = sink();
    Subscription wanted =
        new Subscription(
            "me",
            new EventFilter(
                true, Set.of(new StreamId(7)), Set.of(), Set.of(EventType.STREAM_CREATED)),
            Optional.of(new LogPosition(12)),
            true);
    AtomicInteger closed = new AtomicInteger();
    broadcasters.of(wanted.filter()).register(sink, wanted, through -> closed.incrementAndGet());
    sink.flush();
    assertThat(subscribers.get(0).subscription).isSameAs(wanted);

    assertThat(closed).hasValue(0);
    sink.abandon();
    sink.close();
    assertThat(closed).hasValue(1);
  }

  @Test
  void shouldTellTheListenerOfASubscriptionOnly() {
    List<SseEventSink> told = new ArrayList<>();
    FilterBroadcaster broadcaster = broadcasters.of(SEVEN);
    broadcaster.onClose(told::add);
    AtomicInteger ended = new AtomicInteger();
    EventStreamSink sink = sink();
    Subscription wanted = new Subscription("me", SEVEN, Optional.empty(), false);
    broadcaster.register(sink, wanted, through -> ended.incrementAndGet());
    sink.flush();
    broadcaster.close();
    assertThat(sink.isClosed()).as("the broadcaster does not keep it").isFalse();
    sink.close();
    assertThat(ended).hasValue(1);
    assertThat(told).isEmpty();
  }

  @Test
  void shouldTakeOnlySubscriptionsOfItsFilter() {
    Subscription everything =
        new Subscription("me", EventFilter.EVERYTHING, Optional.empty(), false);
    assertThatThrownBy(() -> broadcasters.of(SEVEN).register(sink(), everything, through -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldBeClosedAtOnceThoughTheConnectionEndsLater() {
    EventStreamSink sink = sink();
    AtomicInteger ended = new AtomicInteger();
    Subscription wanted = new Subscription("me", SEVEN, Optional.empty(), false);
    broadcasters.of(wanted.filter()).register(sink, wanted, through -> ended.incrementAndGet());
    sink.flush();
    FakeSubscriber subscriber = subscribers.get(0);
    subscriber.endsLater = true;

    sink.send(NEWS);
    sink.close();
    assertThat(sink.isClosed()).isTrue();
    assertThatThrownBy(() -> sink.send(NEWS)).isInstanceOf(IllegalStateException.class);
    assertThat(subscriber.sent).hasSize(1);
    assertThat(ended).as("what was sent before is still on its way").hasValue(0);

    subscriber.end();
    sink.close();
    assertThat(ended).hasValue(1);
  }

  @Test
  void shouldAnnounceToItsFilterWhatHasNoPosition() {
    FilterBroadcaster broadcaster = broadcasters.of(SEVEN);
    assertThat(broadcaster.broadcast(NEWS)).isCompletedWithValue(1);
    assertThat(announced).containsExactly("data: news\n\n");
    OutboundSseEvent positioned =
        new EventStreamSse().newEventBuilder().id("7").data(String.class, "news").build();
    assertThatThrownBy(() -> broadcaster.broadcast(positioned))
        .as("it would move the cursors")
        .isInstanceOf(IllegalArgumentException.class);
    refusing = true;
    assertThat(broadcaster.broadcast(NEWS))
        .failsWithin(Duration.ZERO)
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(IOException.class);
    assertThat(announced).hasSize(1);
  }

  /** The index finds all of them, whoever has registered them. */
  @Test
  void shouldSendNothingToItsSinksPastTheIndex() {
    FilterBroadcaster broadcaster = broadcasters.of(SEVEN);
    registered(broadcaster);
    EventStreamSink other = sink();
    broadcaster.register(
        other, new Subscription("me", SEVEN, Optional.empty(), false), through -> {});
    other.flush();
    broadcaster.broadcast(NEWS);
    broadcasters.of(SEVEN).broadcast(NEWS);
    assertThat(announced).hasSize(2);
    assertThat(subscribers).hasSize(2).allSatisfy(one -> assertThat(one.sent).isEmpty());
  }

  /** As a request does it. */
  private WeakReference<FilterBroadcaster> registeredWith(EventStreamSink sink) {
    FilterBroadcaster broadcaster = broadcasters.of(SEVEN);
    broadcaster.register(
        sink, new Subscription("me", SEVEN, Optional.empty(), false), through -> {});
    return new WeakReference<>(broadcaster);
  }

  /** One is made for each request: with a million connections there is none. */
  @Test
  void shouldStayInMemoryWithNoneOfItsSubscribers() {
    EventStreamSink sink = sink();
    WeakReference<FilterBroadcaster> view = registeredWith(sink);
    sink.flush();
    await()
        .pollDelay(Duration.ZERO)
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(view.get()).isNull();
            });
    assertThat(sink.isClosed()).isFalse();
    assertThat(subscribers).hasSize(1);
  }

  private static Notice notice(String message) {
    return new Notice(message, Notice.Severity.WARNING, Instant.parse("2026-01-02T03:04:05.678Z"));
  }

  @Test
  void shouldTakeNoticesOfOneShortLineOnly() {
    LogIdentity log = new LogIdentity("test");
    broadcasters.of(SEVEN).broadcast(notice("a \"quoted\" word").event(log));
    assertThat(announced)
        .containsExactly(
            "event: notice\ndata: {\"message\":\"a \\\"quoted\\\" word\",\"severity\":\"warning\","
                + "\"at\":\"2026-01-02T03:04:05Z\"}\n\n");
    for (String longest :
        List.of("\u20ac".repeat(400), "\"".repeat(400), "\ud83d\ude00".repeat(200))) {
      assertThat(notice(longest).frame(log).length)
          .isLessThanOrEqualTo(Announcements.MOST_ANNOUNCED_BYTES);
    }
    String tooLong = "x".repeat(401);
    for (String wrong : List.of("", "  ", tooLong, "two\nlines", "two\rlines", "nul\0")) {
      assertThatThrownBy(() -> notice(wrong)).isInstanceOf(InvalidValueException.class);
    }
  }

  /** The kinds of broadcasters; what they have in common is tested for both. */
  private enum Kind {
    OF_A_FILTER,
    OF_SINKS
  }

  private SseBroadcaster broadcaster(Kind kind) {
    return kind == Kind.OF_A_FILTER
        ? broadcasters.of(SEVEN)
        : new EventStreamSse().newBroadcaster();
  }

  /** A stream that flows, registered with the broadcaster. */
  private EventStreamSink registered(SseBroadcaster broadcaster) {
    EventStreamSink sink = sink();
    if (!(broadcaster instanceof FilterBroadcaster)) {
      broadcasters.of(SEVEN).register(sink);
    }
    broadcaster.register(sink);
    sink.flush();
    return sink;
  }

  @ParameterizedTest
  @EnumSource
  void shouldTellItsListenersWhichSinkMissedSomethingAndWhichHasEnded(Kind kind) {
    List<SseEventSink> failed = new ArrayList<>();
    List<SseEventSink> closed = new ArrayList<>();
    SseBroadcaster broadcaster = broadcaster(kind);
    broadcaster.onError((which, why) -> failed.add(which));
    broadcaster.onClose(closed::add);
    EventStreamSink healthy = registered(broadcaster);
    EventStreamSink slow = registered(broadcaster);

    subscribers.get(1).full = true;
    if (kind == Kind.OF_A_FILTER) {
      subscribers.get(1).listener.missed(); // what is announced goes past the sinks
    }
    assertThat(broadcaster.broadcast(NEWS).toCompletableFuture()).isCompleted();
    assertThat(failed).containsExactly(slow);
    assertThat(closed).isEmpty();

    subscribers.get(0).disconnected();
    broadcaster.broadcast(NEWS);
    broadcaster.broadcast(NEWS);
    assertThat(closed).as("once").containsExactly(healthy);
  }

  @ParameterizedTest
  @EnumSource
  void shouldLeaveItsSinksOpenOnlyIfAskedTo(Kind kind) {
    List<SseEventSink> closed = new ArrayList<>();
    SseBroadcaster first = broadcaster(kind);
    first.onClose(closed::add);
    EventStreamSink kept = registered(first);
    first.close(false);
    assertThat(kept.isClosed()).isFalse();
    assertThat(closed).containsExactly(kept);

    SseBroadcaster second = broadcaster(kind);
    second.onClose(closed::add);
    EventStreamSink ended = registered(second);
    second.close();
    assertThat(ended.isClosed()).isTrue();
    assertThat(closed).containsExactly(kept, ended);

    kept.close();
    second.close();
    assertThat(closed).as("once").containsExactly(kept, ended);
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseWhateverComesAfterItsEnd(Kind kind) {
    SseBroadcaster broadcaster = broadcaster(kind);
    EventStreamSink sink = sink();
    broadcaster.close();
    List<ThrowingCallable> late =
        List.of(
            () -> broadcaster.register(sink),
            () -> broadcaster.broadcast(NEWS),
            () -> broadcaster.onError((which, why) -> {}),
            () -> broadcaster.onClose(which -> {}));
    late.forEach(call -> assertThatThrownBy(call).isInstanceOf(IllegalStateException.class));
    assertThat(subscribers).isEmpty();
  }

  /** A filter's broadcaster rejects such a sink, because it cannot be subscribed. */
  @Test
  void shouldTellAtOnceOfASinkThatHasEndedBeforeItCame() {
    SseBroadcaster plain = broadcaster(Kind.OF_SINKS);
    List<SseEventSink> closed = new ArrayList<>();
    plain.onClose(closed::add);
    EventStreamSink ended = sink();
    ended.close();
    plain.register(ended);
    assertThat(closed).containsExactly(ended);
  }

  @Test
  void shouldRefuseSinksOfOthersAndUseAfterTheEnd() {
    assertThatThrownBy(() -> broadcasters.of(SEVEN).register(foreign()))
        .isInstanceOf(IllegalArgumentException.class);
    EventStreamSink sink = sink();
    sink.close();
    assertThatThrownBy(() -> sink.send(NEWS)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> broadcasters.of(SEVEN).register(sink))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldBoundWhatIsSentBeforeTheStreamFlows() {
    EventStreamSink sink = sink();
    broadcasters.of(SEVEN).register(sink);
    for (int i = 0; i < SinkWishes.MAX_FIRST_FRAMES; i++) {
      assertThat(sink.send(NEWS).toCompletableFuture()).isCompleted();
    }
    assertThat(sink.send(NEWS).toCompletableFuture()).isCompletedExceptionally();
    sink.flush();
    assertThat(subscribers.get(0).sent).hasSize(SinkWishes.MAX_FIRST_FRAMES);
  }

  @Test
  void shouldSendToSinksOfAnyKindWithAPlainBroadcaster() {
    SseBroadcaster plain = broadcaster(Kind.OF_SINKS);
    registered(plain);
    SseEventSink foreign = foreign();
    plain.register(foreign);
    assertThat(plain.broadcast(NEWS).toCompletableFuture()).isCompleted();
    assertThat(subscribers.get(0).sent).containsExactly("data: news\n\n");
    assertThat(taken).containsExactly(NEWS);
  }
}
