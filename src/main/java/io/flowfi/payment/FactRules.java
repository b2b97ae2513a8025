package io.flowfi.payment;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Applies facts of the chain to streams. The chain has decided, so no command rule rejects a fact.
 * Only a fact that contradicts what is known is an error. Pure functions.
 */
public final class FactRules {
  private FactRules() {}

  /**
   * Applies a fact.
   *
   * @param stream its present state; empty if no stream has that id
   * @param at when the ledger of the fact closed, in Unix seconds
   * @throws InconsistentFactException if the fact cannot be true of this stream
   */
  public static StreamEvent apply(Optional<PaymentStream> stream, StreamFact fact, long at) {
    try {
      if (fact instanceof StreamFact.Created created) {
        return created(stream, created, at);
      }
      PaymentStream s = stream.orElseThrow(() -> inconsistent(fact, "there is no such stream"));
      if (s.origin() != Origin.CHAIN) {
        throw inconsistent(fact, "the stream was made by a command, not on chain");
      } else if (fact instanceof StreamFact.FeeCollected fee) {
        Next next = new Next(s, s.deposited(), s.withdrawn(), s.status(), s.pausedAt());
        return next.event(
            new StreamChange.FeeCollected(fee.treasury(), fee.fee(), fee.token()), at);
      } else if (s.status().isFinal()) {
        throw inconsistent(fact, "the stream is " + s.status());
      }
      return ofOpen(s, fact, at);
    } catch (IllegalArgumentException | ArithmeticException impossible) {
      throw inconsistent(fact, impossible.getMessage());
    }
  }

  private static StreamEvent created(
      Optional<PaymentStream> stream, StreamFact.Created fact, long at) {
    if (stream.isPresent()) {
      throw inconsistent(fact, "there is such a stream already");
    }
    StreamChange.Created change =
        new StreamChange.Created(
            fact.token(), fact.ratePerSecond(), fact.deposited(), fact.startTime());
    PaymentStream created =
        PaymentStream.created(
            fact.streamId(), fact.sender(), fact.recipient(), change, at, Origin.CHAIN);
    return new StreamEvent(change, created, at, Optional.empty());
  }

  private static StreamEvent ofOpen(PaymentStream s, StreamFact fact, long at) {
    if (fact instanceof StreamFact.ToppedUp toppedUp) {
      Next next = new Next(s, toppedUp.newDeposited(), s.withdrawn(), s.status(), s.pausedAt());
      return next.event(
          new StreamChange.ToppedUp(
              toppedUp.amount(), toppedUp.newDeposited(), next.state(at).endTime()),
          at);
    } else if (fact instanceof StreamFact.Withdrawn withdrawn) {
      Amount total = s.withdrawn().plus(withdrawn.amount());
      Next next = new Next(s, s.deposited(), total, s.status(), s.pausedAt());
      return next.event(new StreamChange.Withdrawn(withdrawn.amount(), total), at);
    } else if (fact instanceof StreamFact.Paused paused) {
      require(s.status() == StreamStatus.ACTIVE, fact, s);
      OptionalLong since = OptionalLong.of(paused.pausedAt());
      Next next = new Next(s, s.deposited(), s.withdrawn(), StreamStatus.PAUSED, since);
      return next.event(new StreamChange.Paused(paused.pausedAt()), at);
    } else if (fact instanceof StreamFact.Resumed resumed) {
      require(s.status() == StreamStatus.PAUSED, fact, s);
      Next next =
          new Next(s, s.deposited(), s.withdrawn(), StreamStatus.ACTIVE, OptionalLong.empty());
      return next.event(new StreamChange.Resumed(resumed.newEndTime()), at);
    } else if (fact instanceof StreamFact.Cancelled cancelled) {
      Next next = ended(s, cancelled.amountWithdrawn(), StreamStatus.CANCELLED);
      return next.event(
          new StreamChange.Cancelled(cancelled.refunded(), cancelled.amountWithdrawn()), at);
    } else if (fact instanceof StreamFact.Completed completed) {
      Next next = ended(s, completed.totalWithdrawn(), StreamStatus.COMPLETED);
      return next.event(new StreamChange.Completed(completed.totalWithdrawn()), at);
    }
    throw new IllegalStateException("no rule for " + fact.getClass().getSimpleName());
  }

  private static Next ended(PaymentStream s, Amount withdrawn, StreamStatus status) {
    if (withdrawn.compareTo(s.withdrawn()) < 0) {
      throw new IllegalArgumentException("less is withdrawn than before");
    }
    return new Next(s, s.deposited(), withdrawn, status, OptionalLong.empty());
  }

  private static void require(boolean possible, StreamFact fact, PaymentStream s) {
    if (!possible) {
      throw inconsistent(fact, "the stream is " + s.status());
    }
  }

  private static InconsistentFactException inconsistent(StreamFact fact, String why) {
    return new InconsistentFactException(
        fact.type()
            + " of stream "
            + fact.streamId()
            + " cannot follow what the log holds: "
            + why);
  }

  /** The fields that change. */
  private record Next(
      PaymentStream before,
      Amount deposited,
      Amount withdrawn,
      StreamStatus status,
      OptionalLong pausedAt) {

    StreamEvent event(StreamChange change, long at) {
      return new StreamEvent(change, state(at), at, Optional.empty());
    }

    PaymentStream state(long at) {
      boolean resumes = before.status() == StreamStatus.PAUSED && status == StreamStatus.ACTIVE;
      return before.after(
          at,
          deposited,
          withdrawn,
          status,
          pausedAt,
          before.totalPausedDuration() + (resumes ? before.pausedSeconds(at) : 0));
    }
  }
}
