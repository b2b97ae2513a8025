package io.flowfi.fanout;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.EventType;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of adding a frame to the ring, which drops the oldest, and of reading one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FrameRingBenchmark {
  private static final int FRAMES = 1 << 16;

  private final byte[] bytes = new byte[300];
  private FrameRing ring;
  private long position;
  private long read;

  @Setup
  public void fill() {
    ring = new FrameRing(FRAMES, 32L << 20, 0);
    for (int i = 0; i < FRAMES; i++) {
      append();
    }
    read = ring.tail();
  }

  @Benchmark
  public long append() {
    ring.append(
        List.of(
            new Frame(
                new LogPosition(++position),
                EventType.STREAM_PAUSED,
                List.of(FilterKey.All.INSTANCE),
                bytes)));
    return position;
  }

  @Benchmark
  public Frame get() {
    read = read == ring.head() ? ring.tail() : read + 1;
    return ring.get(read);
  }
}
