package io.flowfi.fanout;

import io.flowfi.frames.ControlFrames;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From publishing a frame until the last matching output has it, with outputs that cost nothing:
 * matching, and the hand-over to the pump thread and back. With one stream a connection the cost
 * must not grow with the connections.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MatchingBenchmark {
  /** Frames published at once, so that the wake-up of the pump does not dominate. */
  private static final int BATCH = 64;

  @Param({"10", "1000", "10000"})
  int connections;

  @Param({"own stream", "everything"})
  String filter;

  private final LongAdder taken = new LongAdder();
  private final byte[] bytes = new byte[300];
  private FanOut fanOut;
  private long position;
  private long expected;

  @Setup(Level.Trial)
  public void connect() {
    FanOutSettings settings =
        new FanOutSettings(
            1, 1, 1 << 16, 32L << 20, Duration.ofHours(1), Duration.ofHours(1), 2000);
    fanOut =
        new FanOut(
            settings,
            new EmptyBacklog(),
            () -> new ControlFrames(settings, new LogIdentity("bench")),
            LogPosition.BEGINNING,
            LogPosition.BEGINNING);
    fanOut.start();
    for (int i = 0; i < connections; i++) {
      EventFilter wanted =
          filter.equals("everything")
              ? EventFilter.EVERYTHING
              : new EventFilter(false, Set.of(new StreamId(i)), Set.of(), Set.of());
      Subscription subscription = new Subscription("c" + i, wanted, Optional.empty(), false);
      fanOut.prepare(subscription, through -> {}).start(new CountingOutput(taken));
    }
    while (taken.sum() < connections) { // each gets its greeting
      Thread.onSpinWait();
    }
    expected = taken.sum();
  }

  @TearDown(Level.Trial)
  public void stop() {
    fanOut.shutdown(Duration.ofSeconds(2));
  }

  /** A batch of frames of stream 7, taken by the one connection that follows it, or by all. */
  @Benchmark
  public long publish() {
    List<Frame> frames = new ArrayList<>(BATCH);
    List<FilterKey> keys = List.of(FilterKey.All.INSTANCE, new FilterKey.OfStream(new StreamId(7)));
    for (int i = 0; i < BATCH; i++) {
      frames.add(new Frame(new LogPosition(++position), EventType.STREAM_PAUSED, keys, bytes));
    }
    long receivers = filter.equals("everything") ? connections : 1;
    expected += receivers * BATCH * bytes.length;
    fanOut.publish(frames);
    while (taken.sum() < expected) {
      Thread.onSpinWait();
    }
    return position;
  }

  /** Takes everything at once and counts it: bytes of events, and 1 for anything before. */
  private static final class CountingOutput implements EventOutput {
    private final LongAdder taken;
    private boolean greeted;

    CountingOutput(LongAdder taken) {
      this.taken = taken;
    }

    @Override
    public boolean offer(ByteBuffer block) {
      taken.add(greeted ? block.remaining() : 1);
      greeted = true;
      block.position(block.limit());
      return true;
    }

    @Override
    public void close() {
      greeted = false;
    }
  }

  /** No connection is behind here. */
  private static final class EmptyBacklog implements Backlog {
    @Override
    public LogBounds bounds() {
      return new LogBounds(LogPosition.BEGINNING, LogPosition.BEGINNING);
    }

    @Override
    public Page read(LogPosition after, EventFilter wanted, int maxFrames) {
      throw new IllegalStateException("nothing is read from the log here");
    }

    @Override
    public Page changes(
        LogPosition after, EventFilter wanted, int maxFrames, Predicate<LogPosition> born) {
      throw new IllegalStateException("no snapshots here");
    }

    @Override
    public States states(EventFilter wanted, LogPosition after, LogPosition upTo, int maxStates) {
      throw new IllegalStateException("no snapshots here");
    }
  }
}
