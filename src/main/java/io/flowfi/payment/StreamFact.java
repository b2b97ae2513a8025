package io.flowfi.payment;

/**
 * A fact about one stream of the contract. Amounts are in the token's smallest unit, times in Unix
 * seconds, as in the contract.
 */
public sealed interface StreamFact extends Fact {
  StreamId streamId();

  /** What this event itself says of the parties. */
  Parties parties();

  /**
   * @param modelled whether our rules describe how it pays: a plain drip by its rate
   */
  record Created(
      StreamId streamId,
      Address sender,
      Address recipient,
      Address token,
      Amount ratePerSecond,
      Amount deposited,
      long startTime,
      boolean modelled)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_CREATED;
    }

    @Override
    public Parties parties() {
      return Parties.of(sender, recipient);
    }
  }

  record ToppedUp(StreamId streamId, Parties parties, Amount amount, Amount newDeposited)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_TOPPED_UP;
    }
  }

  record Withdrawn(StreamId streamId, Parties parties, Amount amount) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_WITHDRAWN;
    }
  }

  record Paused(StreamId streamId, Parties parties, long pausedAt) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_PAUSED;
    }
  }

  record Resumed(StreamId streamId, Parties parties, long newEndTime) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_RESUMED;
    }
  }

  /**
   * @param amountWithdrawn all that the recipient has received
   */
  record Cancelled(StreamId streamId, Parties parties, Amount amountWithdrawn, Amount refunded)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_CANCELLED;
    }
  }

  record Completed(StreamId streamId, Parties parties, Amount totalWithdrawn)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_COMPLETED;
    }
  }

  /** Changes only the stream's version. */
  record FeeCollected(
      StreamId streamId, Parties parties, Address treasury, Amount fee, Address token)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_FEE_COLLECTED;
    }
  }

  /**
   * @param since from when on the new rate counts
   */
  record RateModified(
      StreamId streamId,
      Parties parties,
      Amount oldRate,
      Amount newRate,
      long newEndTime,
      long since)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_RATE_MODIFIED;
    }
  }

  /**
   * The contract has deleted what it stored of a stream that had ended.
   *
   * @param closer who asked for it: anybody may
   */
  record Closed(StreamId streamId, Address closer, long at) implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_CLOSED;
    }

    @Override
    public Parties parties() {
      return Parties.NONE;
    }
  }

  /**
   * An event that we do not know.
   *
   * @param name as the contract calls it
   * @param data its value, as JSON
   */
  record Changed(StreamId streamId, Parties parties, String name, String data)
      implements StreamFact {
    @Override
    public EventType type() {
      return EventType.STREAM_CHANGED;
    }
  }
}
