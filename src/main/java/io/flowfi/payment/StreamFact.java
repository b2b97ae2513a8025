package io.flowfi.payment;

/**
 * A fact about one stream of the contract. Amounts are in the token's smallest unit, times in Unix
 * seconds, as in the contract.
 */
public sealed interface StreamFact extends Fact {
  StreamId streamId();

  record Created(
      StreamId streamId,
      Address sender,
      Address recipient,
      Address token,
      Amount ratePerSecond,
      Amount deposited,
      long startTime)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_CREATED;
    }
  }

  record ToppedUp(StreamId streamId, Amount amount, Amount newDeposited) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_TOPPED_UP;
    }
  }

  record Withdrawn(StreamId streamId, Amount amount) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_WITHDRAWN;
    }
  }

  record Paused(StreamId streamId, long pausedAt) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_PAUSED;
    }
  }

  record Resumed(StreamId streamId, long newEndTime) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_RESUMED;
    }
  }

  /**
   * @param amountWithdrawn all that the recipient has received
   */
  record Cancelled(StreamId streamId, Amount amountWithdrawn, Amount refunded)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_CANCELLED;
    }
  }

  record Completed(StreamId streamId, Amount totalWithdrawn) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_COMPLETED;
    }
  }

  /** Changes only the stream's version. */
  record FeeCollected(StreamId streamId, Address treasury, Amount fee, Address token)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_FEE_COLLECTED;
    }
  }
}
