package io.flowfi.frames;

import jakarta.ws.rs.sse.OutboundSseEvent;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.media.sse.OutboundEvent;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of encoding an event as a frame: once for each event, for any number of subscribers. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class SseFrameEncoderBenchmark {
  private final OutboundSseEvent event =
      new OutboundEvent.Builder()
          .id("123456")
          .name("stream.paused")
          .data(
              "{\"streamId\":\"1\",\"sender\":\"GDQP2KPQGKIHYJGXNUIYOMHARUARCA7DJT5FO2FFOOKY3B2WSQHG4W37\","
                  + "\"recipient\":\"GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7\",\"version\":12345,"
                  + "\"timestamp\":1735689600,\"origin\":\"api\",\"reference\":\"invoice 4711\",\"pausedAt\":1735689600}")
          .build();

  @Benchmark
  public byte[] encode() {
    return SseFrameEncoder.encode(event);
  }
}
