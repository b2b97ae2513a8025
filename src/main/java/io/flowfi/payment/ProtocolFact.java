package io.flowfi.payment;

/** A fact about the contract itself: it belongs to no stream and to no user. */
public sealed interface ProtocolFact extends Fact {

  /** Fees are in hundredths of a percent (basis points). */
  record FeeConfigUpdated(
      Address admin,
      Address oldTreasury,
      Address newTreasury,
      long oldFeeRateBps,
      long newFeeRateBps)
      implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_FEE_CONFIG_UPDATED;
    }
  }

  record AdminTransferred(Address previousAdmin, Address newAdmin) implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_ADMIN_TRANSFERRED;
    }
  }

  /**
   * @param feeRateBps in hundredths of a percent
   */
  record Initialized(Address admin, Address treasury, long feeRateBps) implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_INITIALIZED;
    }
  }
}
