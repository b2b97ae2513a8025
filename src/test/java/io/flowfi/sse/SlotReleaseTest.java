package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.Slots;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.output.OutputAdapter;
import io.flowfi.payment.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A slot is returned exactly once, in whatever way and however often its connection ends. Uses the
 * real sinks and fan-out; only the sockets are missing.
 */
@Timeout(120)
class SlotReleaseTest {
  private static final int CONNECTIONS = 100_000;
  private static final int THREADS = 4;
  private static final long SEED = 20260301L;

  /** Ways a connection can end, more than one of which may happen at once. */
  private enum Ending {
    DISCONNECTED,
    BROKEN_WRITE,
    CLOSED_BY_RESOURCE,
    CLOSED_WITH_REASON,
    REFUSED_BEFORE_FLOWING,
    OUTPUT_FAILED_TO_OPEN,
    CLOSED_BEFORE_FLOWING,
    SERVER_STOPS
  }

  private final Slots slots =
      new LocalSlots(new ConnectionSettings(1_000_000, 1_000_000, 1_000_000));
  private final AtomicInteger wrongCounts = new AtomicInteger();

  @Test
  void shouldGiveEverySlotBackExactlyOnce() throws Exception {
    EventStreams streams = new EventStreams();
    List<AtomicInteger> releases = new ArrayList<>();
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    AtomicBoolean publishing = new AtomicBoolean(true);
    Thread publisher =
        new Thread(
            () -> {
              long stream = 0;
              while (publishing.get()) {
                streams.publish(stream++ % 50, "{}");
                Thread.onSpinWait();
                if (stream % 64 == 0) {
                  Thread.yield();
                }
              }
            });
    publisher.start();
    try {
      List<Future<List<AtomicInteger>>> runs = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(SEED + i);
        runs.add(pool.submit(() -> comeAndGo(streams, random)));
      }
      for (Future<List<AtomicInteger>> run : runs) {
        releases.addAll(run.get(100, TimeUnit.SECONDS));
      }
    } finally {
      publishing.set(false);
      publisher.join();
      pool.shutdown();
      streams.close();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(slots.counts().open()).isZero());
    assertThat(releases).hasSize(CONNECTIONS).allMatch(count -> count.get() == 1);
    assertThat(slots.counts().addresses()).isZero();
    assertThat(slots.counts().users()).isZero();
    assertThat(streams.fanOut.statistics().filters()).containsEntry("stream", 0);
    assertThat(wrongCounts).hasValue(0);
  }

  private List<AtomicInteger> comeAndGo(EventStreams streams, Random random) {
    List<AtomicInteger> releases = new ArrayList<>();
    Ending[] endings = Ending.values();
    for (int i = 0; i < CONNECTIONS / THREADS; i++) {
      releases.add(connection(streams, random, endings[random.nextInt(endings.length)]));
      if (slots.counts().open() < 0) {
        wrongCounts.incrementAndGet();
      }
    }
    return releases;
  }

  private AtomicInteger connection(EventStreams streams, Random random, Ending ending) {
    AtomicInteger released = new AtomicInteger();
    Runnable slot =
        slots.take("address " + random.nextInt(20), Optional.of("user " + random.nextInt(20)));
    AtomicReference<Subscriber> made = new AtomicReference<>();
    EventStreamSink sink =
        new EventStreamSink(
            (subscription, listener) -> {
              Subscriber subscriber = streams.fanOut.prepare(subscription, listener);
              made.set(subscriber);
              return subscriber;
            },
            body -> {});
    EventFilter filter =
        new EventFilter(false, Set.of(new StreamId(random.nextInt(50))), Set.of(), Set.of());
    Optional<LogPosition> after =
        random.nextInt(4) == 0 ? Optional.of(LogPosition.BEGINNING) : Optional.empty();
    streams
        .broadcasters
        .of(filter)
        .register(
            sink,
            new Subscription("c", filter, after, false),
            through -> {
              released.incrementAndGet();
              slot.run();
            });
    if (ending == Ending.REFUSED_BEFORE_FLOWING) {
      sink.abandon();
      return released;
    }
    if (ending == Ending.CLOSED_BEFORE_FLOWING) {
      sink.close();
    }
    sink.flush();
    if (ending == Ending.CLOSED_BEFORE_FLOWING) {
      sink.abandon();
      return released;
    }
    FakeOutput output =
        new FakeOutput(ending == Ending.BROKEN_WRITE ? random.nextInt(3) : Integer.MAX_VALUE);
    try {
      sink.start(new Opener(ending, output), null, null);
    } catch (IOException expected) {
      sink.abandon();
      return released;
    }
    switch (ending) {
      case DISCONNECTED -> made.get().disconnected();
      case CLOSED_BY_RESOURCE -> sink.close();
      case CLOSED_WITH_REASON -> made.get().close(CloseReason.values()[0]);
      default -> {
        // the pump notices it, or the server's stop
      }
    }
    if (ending != Ending.SERVER_STOPS && ending != Ending.BROKEN_WRITE && random.nextBoolean()) {
      // a second ending, and a third
      made.get().disconnected();
      sink.close();
    }
    return released;
  }

  private record Opener(Ending ending, FakeOutput output) implements OutputAdapter {
    @Override
    public boolean accepts(jakarta.servlet.http.HttpServletRequest request) {
      return true;
    }

    @Override
    public void open(
        jakarta.servlet.http.HttpServletRequest request,
        jakarta.servlet.http.HttpServletResponse response,
        Subscriber subscriber)
        throws IOException {
      if (ending == Ending.OUTPUT_FAILED_TO_OPEN) {
        throw new IOException("the client left");
      }
      subscriber.start(output);
    }
  }

  /** Takes everything, until it breaks. */
  private static final class FakeOutput implements EventOutput {
    private int writesLeft;

    FakeOutput(int writesLeft) {
      this.writesLeft = writesLeft;
    }

    @Override
    public boolean offer(ByteBuffer block) throws IOException {
      if (writesLeft-- == 0) {
        throw new IOException("Broken pipe");
      }
      block.position(block.limit());
      return true;
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
