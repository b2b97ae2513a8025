package io.flowfi.payment;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One stream's life for properties: plays commands at passing seconds, ignores those that are
 * rejected, and counts the paid seconds on its own, one stretch of time after the other, instead of
 * by the formula under test.
 */
final class StreamStory {
  /** A command this many seconds after the previous one. */
  record Step(Kind kind, long seconds, BigInteger amount) {
    enum Kind {
      TOP_UP,
      WITHDRAW,
      WITHDRAW_ALL,
      PAUSE,
      RESUME,
      CANCEL
    }

    private StreamCommand.OnStream command() {
      Amount value = new Amount(amount);
      return switch (kind) {
        case TOP_UP -> new StreamCommand.TopUp(StreamFixture.ID, value, Optional.empty());
        case WITHDRAW ->
            new StreamCommand.Withdraw(StreamFixture.ID, Optional.of(value), Optional.empty());
        case WITHDRAW_ALL -> StreamFixture.withdraw();
        case PAUSE -> StreamFixture.pause();
        case RESUME -> StreamFixture.resume();
        case CANCEL -> StreamFixture.cancel();
      };
    }
  }

  private final List<StreamEvent> events = new ArrayList<>();
  private long now;
  private long paidSeconds;
  private long paidSecondsAtLastWithdrawal;

  StreamStory(StreamCommand.Create create, long now) {
    this.now = now;
    // a start in the past is paid for
    this.paidSeconds = Math.max(0, now - create.startTime());
    events.addAll(StreamRules.create(StreamFixture.ID, create, now));
  }

  /** Lets the time pass and tries the command. */
  void play(Step step) {
    pass(step.seconds());
    try {
      List<StreamEvent> news = StreamRules.apply(stream(), step.command(), now);
      if (news.get(0).change() instanceof StreamChange.Withdrawn) {
        paidSecondsAtLastWithdrawal = paidSeconds;
      }
      events.addAll(news);
    } catch (CommandRejectedException notNow) {
      // as a caller would: nothing has changed
    }
  }

  void pass(long seconds) {
    if (stream().status() == StreamStatus.ACTIVE) {
      paidSeconds += Math.max(0, now + seconds - Math.max(now, stream().startTime()));
    }
    now += seconds;
  }

  PaymentStream stream() {
    return StreamFixture.last(events);
  }

  List<StreamEvent> events() {
    return List.copyOf(events);
  }

  long now() {
    return now;
  }

  /** Seconds that count for payment so far. */
  long paidSeconds() {
    return paidSeconds;
  }

  /** Those of them since the last withdrawal, as the contract on chain counts. */
  long paidSecondsSinceWithdrawal() {
    return paidSeconds - paidSecondsAtLastWithdrawal;
  }
}
