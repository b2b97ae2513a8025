package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.EventFilter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever steps of an end fail: socket, place and slot are given back, once. */
class ConnectionEndTest {
  private enum Step {
    LEFT,
    CLOSED,
    ENDED,
    RELEASED
  }

  private final List<Step> done = new ArrayList<>();

  static Stream<Set<Step>> failing() {
    return Stream.of(
        EnumSet.of(Step.LEFT),
        EnumSet.of(Step.CLOSED),
        EnumSet.of(Step.ENDED),
        EnumSet.of(Step.LEFT, Step.CLOSED, Step.ENDED));
  }

  @ParameterizedTest
  @MethodSource("failing")
  void shouldGoOnWithTheEndThoughStepsOfItFail(Set<Step> failing) {
    Connection connection =
        new Connection(
            toolsOf(new FailingTurns(failing)),
            new Subscription("test", EventFilter.EVERYTHING, Optional.empty(), false),
            through -> done.add(Step.RELEASED));
    connection
        .handle()
        .start(
            new EventOutput() {
              @Override
              public boolean offer(ByteBuffer block) {
                return true;
              }

              @Override
              public void close() {
                take(Step.CLOSED, failing);
              }
            });

    assertThatThrownBy(connection::end).isInstanceOf(LinkageError.class);
    assertThat(done).containsExactly(Step.values());
    assertThat(connection.handle().isClosed()).isTrue();

    connection.end();
    assertThat(done).as("once").hasSize(Step.values().length);
  }

  private void take(Step step, Set<Step> failing) {
    done.add(step);
    if (failing.contains(step)) {
      throw new LinkageError("of a test, at " + step);
    }
  }

  /** An end uses nothing else of its pump. */
  private static PumpTools toolsOf(Turns turns) {
    return new PumpTools(turns, null, null, null, null, null, null, null, null, null);
  }

  private final class FailingTurns implements Turns {
    private final Set<Step> failing;

    FailingTurns(Set<Step> failing) {
      this.failing = failing;
    }

    @Override
    public void enqueue(Connection c) {
      // there is no pump
    }

    @Override
    public void again(Connection c) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void waitFor(Connection c) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void joined(Connection c) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void left(Connection c) {
      take(Step.LEFT, failing);
    }

    @Override
    public void ended(Connection c) {
      take(Step.ENDED, failing);
    }

    @Override
    public Duration stopLimit() {
      return Duration.ZERO;
    }
  }
}
