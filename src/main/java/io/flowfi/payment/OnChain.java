package io.flowfi.payment;

/**
 * What is known of a stream of the chain beside its state.
 *
 * @param accruesFrom since when, in Unix seconds, the rate counts for what is claimable: the
 *     contract's {@code last_update_time}. It is the start, then the last withdrawal or change of
 *     the rate, later by the pauses since
 * @param modelled whether our rules describe how it pays: a plain drip by its rate
 * @param verified whether all that the contract told of it is known
 * @param asOfLedger events up to this ledger are in the state already, because it was read from the
 *     contract's storage; 0 if it was not
 */
public record OnChain(long accruesFrom, boolean modelled, boolean verified, long asOfLedger) {
  /** The same, but accruing from another time on, in Unix seconds. */
  public OnChain from(long time) {
    return new OnChain(time, modelled, verified, asOfLedger);
  }

  OnChain unmodelled() {
    return new OnChain(accruesFrom, false, verified, asOfLedger);
  }

  OnChain unverified() {
    return verified(false);
  }

  public OnChain verified(boolean sure) {
    return verified == sure ? this : new OnChain(accruesFrom, modelled, sure, asOfLedger);
  }
}
