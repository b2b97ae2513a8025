package io.flowfi.payment;

import io.flowfi.payment.CommandRejectedException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The rules of contract section 1: what a command does to a stream, or why it is rejected. Pure
 * functions.
 */
public final class StreamRules {
  private StreamRules() {}

  /**
   * Creates a stream.
   *
   * @param id the id it gets, known to be free
   * @param now Unix seconds
   */
  public static List<StreamEvent> create(StreamId id, StreamCommand.Create command, long now) {
    StreamChange.Created change =
        new StreamChange.Created(
            command.token(), command.ratePerSecond(), command.deposit(), command.startTime());
    PaymentStream created =
        PaymentStream.created(id, command.sender(), command.recipient(), change, now);
    return List.of(new StreamEvent(change, created, now, command.reference()));
  }

  /**
   * Applies a command to an existing stream.
   *
   * @param now Unix seconds
   * @return the events, in order; the last one's {@link StreamEvent#after()} is the new state
   * @throws CommandRejectedException if the state does not allow it
   */
  public static List<StreamEvent> apply(
      PaymentStream stream, StreamCommand.OnStream command, long now) {
    try {
      if (command instanceof StreamCommand.TopUp topUp) {
        return topUp(stream, topUp, now);
      } else if (command instanceof StreamCommand.Withdraw withdraw) {
        return withdraw(stream, withdraw, now);
      } else if (command instanceof StreamCommand.Pause pause) {
        return pause(stream, pause, now);
      } else if (command instanceof StreamCommand.Resume resume) {
        return resume(stream, resume, now);
      } else if (command instanceof StreamCommand.Cancel cancel) {
        return cancel(stream, cancel, now);
      }
      throw new IllegalStateException("no rule for " + command.getClass().getSimpleName());
    } catch (ArithmeticException beyondI128) {
      throw conflict(stream, "would exceed the largest amount, " + Amount.MAX_VALUE);
    }
  }

  private static List<StreamEvent> topUp(PaymentStream s, StreamCommand.TopUp command, long now) {
    requireOpen(s, "topped up");
    PaymentStream after =
        s.after(
            now,
            s.deposited().plus(command.amount()),
            s.withdrawn(),
            s.status(),
            s.pausedAt(),
            s.totalPausedDuration());
    StreamChange change =
        new StreamChange.ToppedUp(command.amount(), after.deposited(), after.endTime());
    return List.of(new StreamEvent(change, after, now, command.reference()));
  }

  private static List<StreamEvent> withdraw(
      PaymentStream s, StreamCommand.Withdraw command, long now) {
    requireStatus(s, StreamStatus.ACTIVE, "withdrawn from");
    Amount claimable = claimable(s, now);
    if (claimable.isZero()) {
      throw conflict(s, "has nothing to withdraw yet");
    }
    Amount amount = command.amount().orElse(claimable);
    if (amount.compareTo(claimable) > 0) {
      throw conflict(s, "has only " + claimable + " to withdraw, not " + amount);
    }
    Amount withdrawn = s.withdrawn().plus(amount);
    PaymentStream after =
        s.after(
            now,
            s.deposited(),
            withdrawn,
            StreamStatus.ACTIVE,
            s.pausedAt(),
            s.totalPausedDuration());
    List<StreamEvent> events = new ArrayList<>(2);
    events.add(
        new StreamEvent(
            new StreamChange.Withdrawn(amount, withdrawn), after, now, command.reference()));
    if (withdrawn.equals(s.deposited())) {
      PaymentStream completed =
          after.after(
              now,
              s.deposited(),
              withdrawn,
              StreamStatus.COMPLETED,
              s.pausedAt(),
              s.totalPausedDuration());
      events.add(
          new StreamEvent(
              new StreamChange.Completed(withdrawn), completed, now, command.reference()));
    }
    return events;
  }

  private static List<StreamEvent> pause(PaymentStream s, StreamCommand.Pause command, long now) {
    requireStatus(s, StreamStatus.ACTIVE, "paused");
    PaymentStream after =
        s.after(
            now,
            s.deposited(),
            s.withdrawn(),
            StreamStatus.PAUSED,
            OptionalLong.of(now),
            s.totalPausedDuration());
    return List.of(new StreamEvent(new StreamChange.Paused(now), after, now, command.reference()));
  }

  private static List<StreamEvent> resume(PaymentStream s, StreamCommand.Resume command, long now) {
    requireStatus(s, StreamStatus.PAUSED, "resumed");
    long paused = s.totalPausedDuration() + s.pausedSeconds(now);
    PaymentStream after =
        s.after(
            now, s.deposited(), s.withdrawn(), StreamStatus.ACTIVE, OptionalLong.empty(), paused);
    StreamChange change = new StreamChange.Resumed(after.endTime().getAsLong());
    return List.of(new StreamEvent(change, after, now, command.reference()));
  }

  private static List<StreamEvent> cancel(PaymentStream s, StreamCommand.Cancel command, long now) {
    requireOpen(s, "cancelled");
    Amount withdrawn = s.withdrawn().plus(claimable(s, now));
    PaymentStream after =
        s.after(
            now,
            s.deposited(),
            withdrawn,
            StreamStatus.CANCELLED,
            OptionalLong.empty(),
            s.totalPausedDuration());
    StreamChange change = new StreamChange.Cancelled(s.deposited().minus(withdrawn), withdrawn);
    return List.of(new StreamEvent(change, after, now, command.reference()));
  }

  /** Streams of commands are always modelled. */
  private static Amount claimable(PaymentStream s, long now) {
    return s.claimable(now).orElseThrow();
  }

  private static void requireOpen(PaymentStream s, String verb) {
    if (s.status().isFinal()) {
      throw conflict(s, "is " + s.status() + " and cannot be " + verb);
    }
  }

  private static void requireStatus(PaymentStream s, StreamStatus status, String verb) {
    if (s.status() != status) {
      throw conflict(s, "is " + s.status() + " and cannot be " + verb);
    }
  }

  private static CommandRejectedException conflict(PaymentStream s, String what) {
    return new CommandRejectedException(Reason.CONFLICT, "stream " + s.id() + " " + what);
  }
}
