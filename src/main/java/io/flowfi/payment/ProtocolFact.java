package io.flowfi.payment;

import java.util.Optional;

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

  /**
   * An event of the contract that we do not know.
   *
   * @param name as the contract calls it
   * @param data its value, as JSON
   */
  record Changed(String name, String data) implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_CHANGED;
    }
  }

  /** The contract runs other code now. Hashes in hexadecimal digits. */
  record ContractUpgraded(String oldWasm, String newWasm) implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_CONTRACT_UPGRADED;
    }
  }

  /** What happened in these ledgers is not known; both are inclusive. */
  record HistoryGap(long fromLedger, long toLedger) implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_HISTORY_GAP;
    }
  }

  /**
   * An event of the chain that could not be read and was put aside.
   *
   * @param id the RPC's id of it
   * @param stream whose it is, if its topics tell
   */
  record Quarantined(String id, String reason, Optional<StreamId> stream) implements ProtocolFact {
    @Override
    public EventType type() {
      return EventType.PROTOCOL_EVENT_QUARANTINED;
    }
  }
}
