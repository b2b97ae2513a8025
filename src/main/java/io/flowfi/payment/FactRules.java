package io.flowfi.payment;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Applies facts of the chain to streams. The chain has decided, so every fact gives an event and a
 * state. What our own rules would not have let happen leaves the state that is nearest to what the
 * chain says, and is told as an {@link Anomaly}. Pure functions.
 */
public final class FactRules {
  private FactRules() {}

  /**
   * Applies a fact.
   *
   * @param stream its present state; empty if no stream has that id
   * @param ledger which the fact is of
   * @param at when that ledger closed, in Unix seconds
   */
  public static AppliedFact apply(
      Optional<PaymentStream> stream, StreamFact fact, long ledger, long at) {
    Set<Anomaly> odd = EnumSet.noneOf(Anomaly.class);
    List<StreamEvent> events = new ArrayList<>(1);
    PaymentStream known = stream.orElse(null);
    boolean isCreation = fact instanceof StreamFact.Created;
    if (known == null) {
      known = ChainStreams.unknown(fact.streamId(), at);
      if (!isCreation) {
        odd.add(Anomaly.UNKNOWN_STREAM);
      }
    } else if (known.origin() == Origin.API) {
      odd.add(Anomaly.CLAIM_REPLACED);
      PaymentStream truth =
          isCreation
              ? ChainStreams.created((StreamFact.Created) fact, at)
              : ChainStreams.unknown(fact.streamId(), at);
      events.addAll(ChainStreams.corrected(known, truth, at));
      if (isCreation) {
        return new AppliedFact(events, odd);
      }
      odd.add(Anomaly.UNKNOWN_STREAM);
      known = events.get(events.size() - 1).after();
    }
    events.add(new StateOnChain(known, fact, ledger, at, odd).next());
    return new AppliedFact(events, odd);
  }

  /**
   * The events of a stream that is known from the contract's storage only.
   *
   * @param stream its present state; empty if no stream has that id
   * @param stored what the contract stores, at version 1
   * @return none if the log knows the stream from the chain already
   */
  public static List<StreamEvent> found(Optional<PaymentStream> stream, PaymentStream stored) {
    long at = stored.lastUpdateTime();
    if (stream.isPresent()) {
      return stream.get().origin() == Origin.CHAIN
          ? List.of()
          : ChainStreams.corrected(stream.get(), stored, at);
    }
    StreamChange.Created terms =
        new StreamChange.Created(
            stored.token(), stored.ratePerSecond(), stored.deposited(), stored.startTime());
    StreamEvent created = new StreamEvent(terms, stored, at, Optional.empty());
    boolean fresh = stored.withdrawn().isZero() && stored.status() == StreamStatus.ACTIVE;
    return fresh
        ? List.of(created)
        : List.of(
            created,
            new StreamEvent(
                new StreamChange.Corrected(false),
                stored.atVersion(2),
                at,
                Optional.empty(),
                true));
  }

  /**
   * The state that the contract stores instead of ours.
   *
   * @param at Unix seconds
   */
  public static StreamEvent reconciled(PaymentStream stream, PaymentStream stored, long at) {
    return new StreamEvent(
        new StreamChange.Reconciled(),
        stored.atVersion(stream.version() + 1),
        at,
        Optional.empty(),
        true);
  }
}
