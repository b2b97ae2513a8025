package io.flowfi.indexer;

import io.flowfi.indexer.Drift.Difference;
import io.flowfi.indexer.Drift.With;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Address;
import io.flowfi.payment.OnChain;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Compares a stream of the chain with what it should be. Left out is what may differ: the contract
 * leaves a cancelled stream paused, it knows no total of pauses, and an end is computed from what
 * is compared.
 */
final class StreamComparison {
  private final With with;
  private final List<Difference> found = new ArrayList<>();

  private StreamComparison(With with) {
    this.with = with;
  }

  static List<Difference> withContract(PaymentStream stream, StreamEntry entry) {
    StreamComparison all = new StreamComparison(With.CONTRACT);
    all.parties(stream, entry.sender(), entry.recipient(), entry.token());
    all.note("depositedAmount", stream.deposited(), entry.deposited());
    all.note("withdrawnAmount", stream.withdrawn(), entry.withdrawn());
    all.note("status", stream.status(), entry.status());
    all.note("startTime", stream.startTime(), entry.startTime());
    all.pause(stream, entry.status(), entry.pausedAt());
    if (!stream.status().isFinal() && stream.isModelled()) {
      // a cliff can be in what the contract stores alone: its stream_created tells of none
      all.note("modelled", true, entry.modelled());
      if (entry.modelled()) {
        all.note("ratePerSecond", stream.ratePerSecond(), entry.ratePerSecond());
        all.note("accruesFrom", chain(stream).accruesFrom(), entry.lastUpdateTime());
      }
    }
    return all.found;
  }

  /**
   * @param told what the stream's own events make of it
   */
  static List<Difference> withEvents(PaymentStream stream, PaymentStream told) {
    StreamComparison all = new StreamComparison(With.EVENTS);
    all.note("version", stream.version(), told.version());
    all.parties(stream, told.sender(), told.recipient(), told.token());
    all.note("ratePerSecond", stream.ratePerSecond(), told.ratePerSecond());
    all.note("depositedAmount", stream.deposited(), told.deposited());
    all.note("withdrawnAmount", stream.withdrawn(), told.withdrawn());
    all.note("status", stream.status(), told.status());
    all.note("startTime", stream.startTime(), told.startTime());
    all.pause(stream, told.status(), told.pausedAt());
    all.note("totalPausedDuration", stream.totalPausedDuration(), told.totalPausedDuration());
    all.note("accruesFrom", chain(stream).accruesFrom(), chain(told).accruesFrom());
    return all.found;
  }

  private static OnChain chain(PaymentStream stream) {
    return stream.onChain().orElseThrow();
  }

  /** The contract stores the base of a muxed address. */
  private void parties(PaymentStream stream, Address sender, Address recipient, Address token) {
    note("sender", text(stream.sender().key()), text(sender.key()));
    note("recipient", text(stream.recipient().key()), text(recipient.key()));
    note("tokenAddress", text(stream.token()), text(token));
  }

  private static String text(Address address) {
    return address.isUnknown() ? "not known" : address.strKey();
  }

  private void pause(PaymentStream stream, StreamStatus status, OptionalLong pausedAt) {
    if (stream.status() == StreamStatus.PAUSED
        && status == StreamStatus.PAUSED
        && pausedAt.isPresent()) {
      note("pausedAt", stream.pausedAt().orElseThrow(), pausedAt.getAsLong());
    }
  }

  private void note(String field, Object here, Object there) {
    if (!here.equals(there)) {
      found.add(new Difference(with, field, here.toString(), there.toString()));
    }
  }
}
