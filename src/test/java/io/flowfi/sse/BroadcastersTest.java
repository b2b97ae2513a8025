package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.FilterKey;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.SseEventSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BroadcastersTest {
  private static final FilterKey SEVEN = new FilterKey.OfStream(new StreamId(7));
  private static final OutboundSseEvent NEWS = new EventStreamSse().newEvent("news");

  private final Broadcasters broadcasters = new Broadcasters();
  private final List<FakeSubscriber> subscribers = new CopyOnWriteArrayList<>();

  /** A subscriber that ends at once when told to. */
  private static final class FakeSubscriber implements Subscriber {
    final Subscription subscription;
    final List<String> sent = new CopyOnWriteArrayList<>();
    private final SubscriptionListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();
    volatile boolean full;

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

  @Test
  void shouldLiveFromTheFirstSinkToTheLast() {
    EventStreamSink first = sink();
    EventStreamSink second = sink();
    assertThat(broadcasters.size()).isZero();
    broadcasters.broadcaster(SEVEN).register(first);
    FilterBroadcaster live = broadcasters.broadcaster(SEVEN);
    live.register(second);
    assertThat(broadcasters.broadcaster(SEVEN)).isSameAs(live);

    first.close();
    assertThat(broadcasters.broadcaster(SEVEN)).isSameAs(live);
    second.close();
    assertThat(broadcasters.size()).isZero();
    assertThat(broadcasters.broadcaster(SEVEN)).isNotSameAs(live);
  }

  @Test
  void shouldSubscribeToTheKeysOfAllBroadcasters() {
    EventStreamSink sink = sink();
    Address alice = new Address("GALICE");
    broadcasters.broadcaster(SEVEN).register(sink);
    broadcasters.broadcaster(new FilterKey.OfUser(alice)).register(sink);
    sink.flush();

    EventFilter filter = subscribers.get(0).subscription.filter();
    assertThat(filter)
        .isEqualTo(new EventFilter(false, Set.of(new StreamId(7)), Set.of(alice), Set.of()));
    assertThatThrownBy(() -> broadcasters.broadcaster(FilterKey.All.INSTANCE).register(sink))
        .isInstanceOf(IllegalStateException.class);
    assertThat(broadcasters.size()).isEqualTo(2);
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
    new Subscriptions(broadcasters).register(sink, wanted, through -> closed.incrementAndGet());
    assertThat(broadcasters.size()).isEqualTo(2);
    sink.flush();
    assertThat(subscribers.get(0).subscription).isEqualTo(wanted);

    assertThat(closed).hasValue(0);
    sink.abandon();
    sink.close();
    assertThat(closed).hasValue(1);
    assertThat(broadcasters.size()).isZero();
  }

  @Test
  void shouldBroadcastToTheSinksOfItsKey() {
    EventStreamSink seven = sink();
    EventStreamSink all = sink();
    broadcasters.broadcaster(SEVEN).register(seven);
    broadcasters.broadcaster(FilterKey.All.INSTANCE).register(all);
    seven.flush();
    all.flush();
    broadcasters.broadcaster(SEVEN).broadcast(NEWS);
    assertThat(subscribers.get(0).sent).containsExactly("data: news\n\n");
    assertThat(subscribers.get(1).sent).isEmpty();
  }

  @Test
  void shouldReachEverySinkWhileTheirNumberGoesUpAndDown() {
    List<SseEventSink> closed = new ArrayList<>();
    List<EventStreamSink> sinks = List.of(sink(), sink(), sink(), sink());
    FilterBroadcaster broadcaster = broadcasters.broadcaster(SEVEN);
    broadcaster.onClose(closed::add);
    broadcaster.onClose(closed::add);
    for (EventStreamSink sink : sinks.subList(0, 3)) {
      broadcaster.register(sink);
      sink.flush();
      broadcaster.broadcast(NEWS);
    }
    assertThat(subscribers)
        .extracting(subscriber -> subscriber.sent.size())
        .containsExactly(3, 2, 1);

    sinks.get(0).close();
    broadcaster.broadcast(NEWS);
    sinks.get(1).close();
    broadcaster.broadcast(NEWS);
    broadcaster.register(sinks.get(3));
    sinks.get(3).flush();
    broadcaster.broadcast(NEWS);
    assertThat(subscribers)
        .extracting(subscriber -> subscriber.sent.size())
        .containsExactly(3, 3, 4, 1);
    assertThat(closed).containsExactly(sinks.get(0), sinks.get(0), sinks.get(1), sinks.get(1));

    broadcaster.close(false);
    assertThat(closed).hasSize(8).contains(sinks.get(2), sinks.get(3));
    assertThat(broadcaster.sinks()).isEmpty();
  }

  @Test
  void shouldTellItsListeners() {
    List<SseEventSink> failed = new ArrayList<>();
    List<SseEventSink> closed = new ArrayList<>();
    EventStreamSink sink = sink();
    FilterBroadcaster broadcaster = broadcasters.broadcaster(SEVEN);
    broadcaster.onError((which, why) -> failed.add(which));
    broadcaster.onClose(closed::add);
    broadcaster.register(sink);
    sink.flush();
    subscribers.get(0).full = true;
    broadcaster.broadcast(NEWS);
    assertThat(failed).containsExactly(sink);
    assertThat(closed).isEmpty();
    subscribers.get(0).disconnected();
    assertThat(closed).containsExactly(sink);
    assertThat(sink.isClosed()).isTrue();
  }

  @Test
  void shouldKeepTheListenersOfAHandleThatIsOvertaken() {
    List<SseEventSink> closed = new ArrayList<>();
    FilterBroadcaster early = broadcasters.broadcaster(SEVEN);
    early.onClose(closed::add);
    EventStreamSink other = sink();
    broadcasters.broadcaster(SEVEN).register(other);
    EventStreamSink ours = sink();
    early.register(ours);
    ours.close();
    assertThat(closed).containsExactly(ours);
    other.close();
    assertThat(broadcasters.size()).isZero();
  }

  @Test
  void shouldCloseWithOrWithoutItsSinks() {
    List<SseEventSink> closed = new ArrayList<>();
    EventStreamSink kept = sink();
    FilterBroadcaster first = broadcasters.broadcaster(SEVEN);
    first.onClose(closed::add);
    first.register(kept);
    kept.flush();
    first.close(false);
    assertThat(kept.isClosed()).isFalse();
    assertThat(closed).containsExactly(kept);
    assertThatThrownBy(() -> first.register(sink())).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> first.broadcast(NEWS)).isInstanceOf(IllegalStateException.class);

    EventStreamSink ended = sink();
    FilterBroadcaster second = broadcasters.broadcaster(SEVEN);
    second.onClose(closed::add);
    second.register(ended);
    ended.flush();
    second.close();
    assertThat(ended.isClosed()).isTrue();
    assertThat(closed).containsExactly(kept, ended);
    kept.close();
    assertThat(closed).containsExactly(kept, ended);
    assertThat(broadcasters.size()).isZero();
  }

  @Test
  void shouldRefuseSinksOfOthersAndUseAfterTheEnd() {
    SseEventSink foreign =
        new SseEventSink() {
          @Override
          public boolean isClosed() {
            return false;
          }

          @Override
          public CompletionStage<?> send(OutboundSseEvent event) {
            return CompletableFuture.completedStage(null);
          }

          @Override
          public void close() {}
        };
    assertThatThrownBy(() -> broadcasters.broadcaster(SEVEN).register(foreign))
        .isInstanceOf(IllegalArgumentException.class);
    EventStreamSink sink = sink();
    sink.close();
    assertThatThrownBy(() -> sink.send(NEWS)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> broadcasters.broadcaster(SEVEN).register(sink))
        .isInstanceOf(IllegalStateException.class);
    assertThat(broadcasters.size()).isZero();
  }

  @Test
  void shouldBoundWhatIsSentBeforeTheStreamFlows() {
    EventStreamSink sink = sink();
    broadcasters.broadcaster(SEVEN).register(sink);
    for (int i = 0; i < SinkWishes.MAX_FIRST_FRAMES; i++) {
      assertThat(sink.send(NEWS).toCompletableFuture()).isCompleted();
    }
    assertThat(sink.send(NEWS).toCompletableFuture()).isCompletedExceptionally();
    sink.flush();
    assertThat(subscribers.get(0).sent).hasSize(SinkWishes.MAX_FIRST_FRAMES);
  }

  @Test
  void shouldServeSinksOfAnyKindWithAPlainBroadcaster() {
    var plain = new EventStreamSse().newBroadcaster();
    List<SseEventSink> closed = new ArrayList<>();
    List<SseEventSink> failed = new ArrayList<>();
    plain.onClose(closed::add);
    plain.onError((which, why) -> failed.add(which));
    EventStreamSink healthy = sink();
    EventStreamSink full = sink();
    for (EventStreamSink sink : List.of(healthy, full)) {
      broadcasters.broadcaster(SEVEN).register(sink);
      sink.flush();
      plain.register(sink);
    }
    subscribers.get(1).full = true;
    assertThat(plain.broadcast(NEWS).toCompletableFuture()).isCompleted();
    assertThat(subscribers.get(0).sent).containsExactly("data: news\n\n");
    assertThat(failed).containsExactly(full);
    healthy.close();
    plain.broadcast(NEWS);
    assertThat(closed).containsExactly(healthy);
    plain.close();
    assertThat(full.isClosed()).isTrue();
    assertThat(closed).containsExactly(healthy, full);
  }

  @Test
  void shouldStayExactWhileSinksComeAndGo() throws Exception {
    int threads = 4;
    int turns = 5_000;
    AtomicInteger told = new AtomicInteger();
    AtomicInteger strays = new AtomicInteger();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        running.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < turns; i++) {
                    EventStreamSink sink = new EventStreamSink(FakeSubscriber::new, body -> {});
                    FilterBroadcaster broadcaster = broadcasters.broadcaster(SEVEN);
                    broadcaster.register(sink);
                    // whoever is registered is reachable through the live broadcaster
                    if (!broadcasters.broadcaster(SEVEN).sinks().contains(sink)) {
                      strays.incrementAndGet();
                    }
                    sink.flush();
                    sink.close();
                    told.incrementAndGet();
                  }
                }));
      }
      for (Future<?> one : running) {
        one.get(30, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(told).hasValue(threads * turns);
    assertThat(strays).hasValue(0);
    assertThat(broadcasters.size()).isZero();
  }
}
