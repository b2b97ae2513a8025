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
}
