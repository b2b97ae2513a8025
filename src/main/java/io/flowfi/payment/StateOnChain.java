package io.flowfi.payment;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The state of a stream of the chain while one fact is applied to it. The amounts and times are
 * computed as the contract computes them. Used once.
 */
final class StateOnChain {
  private final PaymentStream before;
  private final StreamFact fact;
  private final long ledger;
  private final long at;
  private final Set<Anomaly> odd;

  /** Whether the creation is known. If not, little can be said to contradict what is known. */
  private final boolean complete;

  private Address sender;
  private Address recipient;
  private Address token;
  private Amount rate;
  private Amount deposited;
  private Amount withdrawn;
  private long startTime;
  private StreamStatus status;
  private OptionalLong pausedAt;
  private long totalPaused;
  private OnChain chain;

  /**
   * @param before its version is 0 if this is its first event
   * @param odd what is unexpected is added here
   */
  StateOnChain(PaymentStream before, StreamFact fact, long ledger, long at, Set<Anomaly> odd) {
    this.before = before;
    this.fact = fact;
    this.ledger = ledger;
    this.at = at;
    this.odd = odd;
    this.complete = !before.token().isUnknown();
    this.sender = before.sender();
    this.recipient = before.recipient();
    this.token = before.token();
    this.rate = before.ratePerSecond();
    this.deposited = before.deposited();
    this.withdrawn = before.withdrawn();
    this.startTime = before.startTime();
    this.status = before.status();
    this.pausedAt = before.pausedAt();
    this.totalPaused = before.totalPausedDuration();
    this.chain = before.onChain().orElseThrow();
  }

  StreamEvent next() {
    sender = known(sender, fact.parties().sender());
    recipient = known(recipient, fact.parties().recipient());
    if (ledger > chain.asOfLedger()) {
      boolean inOrder = at >= before.lastUpdateTime();
      if (fact instanceof StreamFact.Created created) {
        create(created);
      } else if (status.isFinal()) {
        afterEnd(inOrder);
      } else if (inOrder) {
        change();
      } else {
        note(Anomaly.OUT_OF_ORDER);
        changeLate();
      }
    }
    PaymentStream after = state();
    return new StreamEvent(told(after), after, at, Optional.empty(), isWhole());
  }

  private boolean isWhole() {
    return ledger <= chain.asOfLedger()
        || !odd.isEmpty()
        || !sender.equals(before.sender()) && complete
        || !recipient.equals(before.recipient()) && complete;
  }

  private Address known(Address ours, Optional<Address> told) {
    if (told.isEmpty() || ours.equals(told.get())) {
      return ours;
    } else if (ours.isUnknown()) {
      return told.get();
    }
    if (!ours.key().equals(told.get().key())) {
      note(Anomaly.OTHER_PARTIES);
    }
    return ours;
  }

  /** Something of the stream was missed, or is not as we believe. */
  private void note(Anomaly anomaly) {
    odd.add(anomaly);
    chain = chain.unverified();
  }

  /** Nothing contradicts a stream whose beginning is not known. */
  private void noteIf(boolean contradicts, Anomaly anomaly) {
    if (contradicts && complete) {
      note(anomaly);
    }
  }

  private void create(StreamFact.Created created) {
    if (complete) {
      note(Anomaly.CREATED_AGAIN);
      return;
    }
    token = created.token();
    startTime = created.startTime();
    boolean first = before.version() == 0;
    if (first) {
      rate = created.ratePerSecond();
      deposited = created.deposited();
      chain = new OnChain(created.startTime(), created.modelled(), true, 0);
      return;
    }
    odd.add(Anomaly.LATE_CREATION);
    boolean anchored = !withdrawn.isZero() || !rate.isZero();
    rate = rate.isZero() ? created.ratePerSecond() : rate;
    deposited = larger(deposited, created.deposited());
    chain =
        new OnChain(
            anchored ? chain.accruesFrom() : later(startTime, totalPaused),
            chain.modelled() && created.modelled(),
            false,
            chain.asOfLedger());
  }

  private void afterEnd(boolean inOrder) {
    if (fact instanceof StreamFact.FeeCollected || fact instanceof StreamFact.Closed) {
      return;
    }
    odd.add(inOrder ? Anomaly.AFTER_END : Anomaly.OUT_OF_ORDER);
    if (fact instanceof StreamFact.Changed) {
      chain = chain.unmodelled();
    }
  }

  private void change() {
    if (fact instanceof StreamFact.ToppedUp toppedUp) {
      noteIf(
          !deposited.plusAtMost(toppedUp.amount()).equals(toppedUp.newDeposited()),
          Anomaly.OTHER_DEPOSIT);
      deposited = toppedUp.newDeposited();
    } else if (fact instanceof StreamFact.Withdrawn drawn) {
      withdraw(drawn);
      chain = chain.from(at);
    } else if (fact instanceof StreamFact.Paused paused) {
      noteIf(status == StreamStatus.PAUSED, Anomaly.PAUSED_TWICE);
      status = StreamStatus.PAUSED;
      pausedAt = OptionalLong.of(paused.pausedAt());
    } else if (fact instanceof StreamFact.Resumed) {
      resume();
    } else if (fact instanceof StreamFact.Cancelled cancelled) {
      Amount all = cancelled.amountWithdrawn().plusAtMost(cancelled.refunded());
      end(StreamStatus.CANCELLED, cancelled.amountWithdrawn(), all);
    } else if (fact instanceof StreamFact.Completed completed) {
      end(StreamStatus.COMPLETED, completed.totalWithdrawn(), completed.totalWithdrawn());
    } else if (fact instanceof StreamFact.RateModified modified) {
      noteIf(!rate.equals(modified.oldRate()), Anomaly.OTHER_RATE);
      rate = modified.newRate();
      chain = chain.from(modified.since());
    } else if (fact instanceof StreamFact.Closed) {
      noteIf(true, Anomaly.CLOSED_OPEN);
      boolean paid = !deposited.isZero() && withdrawn.compareTo(deposited) >= 0;
      close(paid ? StreamStatus.COMPLETED : StreamStatus.CANCELLED);
    } else if (fact instanceof StreamFact.Changed) {
      chain = chain.unmodelled();
    } else if (!(fact instanceof StreamFact.FeeCollected)) {
      throw new IllegalStateException("no rule for " + fact.getClass().getSimpleName());
    }
  }

  /** Only what adds up in any order, and what is final. */
  private void changeLate() {
    if (fact instanceof StreamFact.ToppedUp toppedUp) {
      deposited = larger(deposited, toppedUp.newDeposited());
    } else if (fact instanceof StreamFact.Withdrawn drawn) {
      withdraw(drawn);
    } else if (fact instanceof StreamFact.Cancelled || fact instanceof StreamFact.Completed) {
      change();
    } else if (fact instanceof StreamFact.Changed) {
      chain = chain.unmodelled();
    }
  }

  private void withdraw(StreamFact.Withdrawn drawn) {
    noteIf(
        withdrawn.value().add(drawn.amount().value()).compareTo(Amount.MAX_VALUE) > 0,
        Anomaly.SATURATED);
    withdrawn = withdrawn.plusAtMost(drawn.amount());
    noteIf(withdrawn.compareTo(deposited) > 0, Anomaly.OVERDRAWN);
  }

  private void resume() {
    noteIf(status != StreamStatus.PAUSED, Anomaly.NOT_PAUSED);
    if (pausedAt.isPresent()) {
      long pause = Math.max(0, at - pausedAt.getAsLong());
      totalPaused = later(totalPaused, pause);
      chain = chain.from(later(chain.accruesFrom(), pause));
    }
    status = StreamStatus.ACTIVE;
    pausedAt = OptionalLong.empty();
  }

  private void end(StreamStatus how, Amount paid, Amount of) {
    noteIf(paid.compareTo(withdrawn) < 0, Anomaly.OTHER_WITHDRAWN);
    noteIf(!of.equals(deposited), Anomaly.OTHER_DEPOSIT);
    withdrawn = paid;
    deposited = of;
    close(how);
  }

  private void close(StreamStatus how) {
    status = how;
    pausedAt = OptionalLong.empty();
  }

  private PaymentStream state() {
    return new PaymentStream(
        before.id(),
        sender,
        recipient,
        token,
        rate,
        deposited,
        withdrawn,
        startTime,
        Math.max(at, before.lastUpdateTime()),
        status,
        pausedAt,
        totalPaused,
        before.version() + 1,
        Origin.CHAIN,
        Optional.of(chain));
  }

  /** What the event tells: the chain's own words, and our totals where it has none. */
  private StreamChange told(PaymentStream after) {
    if (fact instanceof StreamFact.Created created) {
      return odd.contains(Anomaly.LATE_CREATION)
          ? new StreamChange.Corrected(false)
          : new StreamChange.Created(
              created.token(), created.ratePerSecond(), created.deposited(), created.startTime());
    } else if (fact instanceof StreamFact.ToppedUp toppedUp) {
      return new StreamChange.ToppedUp(toppedUp.amount(), toppedUp.newDeposited(), after.endTime());
    } else if (fact instanceof StreamFact.Withdrawn drawn) {
      return new StreamChange.Withdrawn(drawn.amount(), after.withdrawn());
    } else if (fact instanceof StreamFact.Paused paused) {
      return new StreamChange.Paused(paused.pausedAt());
    } else if (fact instanceof StreamFact.Resumed resumed) {
      return new StreamChange.Resumed(resumed.newEndTime());
    } else if (fact instanceof StreamFact.Cancelled cancelled) {
      return new StreamChange.Cancelled(cancelled.refunded(), cancelled.amountWithdrawn());
    } else if (fact instanceof StreamFact.Completed completed) {
      return new StreamChange.Completed(completed.totalWithdrawn());
    } else if (fact instanceof StreamFact.FeeCollected fee) {
      return new StreamChange.FeeCollected(fee.treasury(), fee.fee(), fee.token());
    } else if (fact instanceof StreamFact.RateModified modified) {
      return new StreamChange.RateModified(
          modified.oldRate(), modified.newRate(), modified.newEndTime(), modified.since());
    } else if (fact instanceof StreamFact.Closed closed) {
      return new StreamChange.Closed(closed.closer(), closed.at());
    } else if (fact instanceof StreamFact.Changed changed) {
      return new StreamChange.Changed(changed.name(), changed.data());
    }
    throw new IllegalStateException("no change for " + fact.getClass().getSimpleName());
  }

  private static Amount larger(Amount one, Amount other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** Times of the chain may be anything up to {@link PaymentStream#MAX_TIME}. */
  private static long later(long time, long seconds) {
    return Math.min(PaymentStream.MAX_TIME, time + seconds);
  }
}
