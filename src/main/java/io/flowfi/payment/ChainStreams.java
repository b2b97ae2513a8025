package io.flowfi.payment;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Streams of the chain as they begin in the log. */
final class ChainStreams {
  private ChainStreams() {}

  /** A stream whose creation was never seen. Its version is that before its first event. */
  static PaymentStream unknown(StreamId id, long at) {
    return new PaymentStream(
        id,
        Address.UNKNOWN,
        Address.UNKNOWN,
        Address.UNKNOWN,
        Amount.ZERO,
        Amount.ZERO,
        Amount.ZERO,
        at,
        at,
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        0,
        0,
        Origin.CHAIN,
        Optional.of(new OnChain(at, true, false, 0)));
  }

  static PaymentStream created(StreamFact.Created fact, long at) {
    return new PaymentStream(
        fact.streamId(),
        fact.sender(),
        fact.recipient(),
        fact.token(),
        fact.ratePerSecond(),
        fact.deposited(),
        Amount.ZERO,
        fact.startTime(),
        at,
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        0,
        1,
        Origin.CHAIN,
        Optional.of(new OnChain(fact.startTime(), fact.modelled(), true, 0)));
  }

  /**
   * A claim is replaced by what the chain says. Its parties hear of it too: if they are others, in
   * an event of their own, that does not tell them whose the stream is.
   */
  static List<StreamEvent> corrected(PaymentStream claim, PaymentStream truth, long at) {
    boolean same =
        claim.sender().key().equals(truth.sender().key())
            && claim.recipient().key().equals(truth.recipient().key());
    PaymentStream after = truth.atVersion(claim.version() + (same ? 1 : 2));
    StreamEvent corrected =
        new StreamEvent(new StreamChange.Corrected(false), after, at, Optional.empty(), true);
    return same
        ? List.of(corrected)
        : List.of(
            new StreamEvent(
                new StreamChange.Corrected(true),
                claim.atVersion(claim.version() + 1),
                at,
                Optional.empty()),
            corrected);
  }
}
