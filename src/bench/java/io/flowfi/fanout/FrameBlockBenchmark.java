package io.flowfi.fanout;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a round before its first write: building one block from frames, and finding where a
 * short write ended.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class FrameBlockBenchmark {
  @Param({"1", "32", "400"})
  int frames;

  private final byte[] frame = new byte[300];
  private final FrameBlock filled = new FrameBlock();
  private final FrameBlock block = new FrameBlock();
  private int taken;

  @Setup
  public void fill() {
    for (int i = 1; i <= frames; i++) {
      filled.add(frame, i);
    }
  }

  @Benchmark
  public int build() {
    block.clear();
    for (int i = 1; i <= frames; i++) {
      block.add(frame, i);
    }
    return block.view().remaining();
  }

  @Benchmark
  public long resumePoint() {
    taken = (taken + 4099) % filled.length() + 1;
    return filled.position(filled.begunWithin(taken));
  }
}
