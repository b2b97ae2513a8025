package io.flowfi.payment;

import java.util.OptionalLong;

/**
 * The part of an event that only its type has (contract section 2). Amounts in smallest units,
 * times in seconds.
 */
public sealed interface StreamChange {
  EventType type();

  record Created(Address token, Amount ratePerSecond, Amount deposited, long startTime)
      implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_CREATED;
    }
  }

  /**
   * @param newEndTime empty while the stream is paused
   */
  record ToppedUp(Amount amount, Amount newDeposited, OptionalLong newEndTime)
      implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_TOPPED_UP;
    }
  }

  record Withdrawn(Amount amount, Amount withdrawn) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_WITHDRAWN;
    }
  }

  record Paused(long pausedAt) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_PAUSED;
    }
  }

  record Resumed(long newEndTime) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_RESUMED;
    }
  }

  record Cancelled(Amount refunded, Amount amountWithdrawn) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_CANCELLED;
    }
  }

  record Completed(Amount totalWithdrawn) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_COMPLETED;
    }
  }

  /** On chain only. */
  record FeeCollected(Address treasury, Amount fee, Address token) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_FEE_COLLECTED;
    }
  }

  /**
   * On chain only.
   *
   * @param since from when on the new rate counts; what accrued before and was not withdrawn is
   *     lost
   */
  record RateModified(Amount oldRate, Amount newRate, long newEndTime, long since)
      implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_RATE_MODIFIED;
    }
  }

  /** On chain only: the contract has deleted what it stored of a stream that had ended. */
  record Closed(Address closer, long closedAt) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_CLOSED;
    }
  }

  /**
   * On chain only: something that our rules do not describe.
   *
   * @param name as the contract calls it
   * @param data JSON
   */
  record Changed(String name, String data) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_CHANGED;
    }
  }

  /**
   * What was known of the stream was wrong or not complete: the state after it is the truth.
   *
   * @param replaced whether the chain has another stream of this id, with other parties: this is
   *     the last that the parties of the claim hear of it
   */
  record Corrected(boolean replaced) implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_CORRECTED;
    }
  }

  /** An administrator has replaced the state by what the contract stores. */
  record Reconciled() implements StreamChange {
    @Override
    public EventType type() {
      return EventType.STREAM_RECONCILED;
    }
  }
}
