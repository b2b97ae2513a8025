package io.flowfi.payment;

import java.util.Optional;

/**
 * What a caller may ask of a stream. A command says nothing about the outcome: {@link StreamRules}
 * decides that.
 */
public sealed interface StreamCommand {

  /** The target stream; empty only for a create that leaves the id to the server. */
  Optional<StreamId> target();

  Optional<Reference> reference();

  record Create(
      Optional<StreamId> target,
      Address sender,
      Address recipient,
      Address token,
      Amount ratePerSecond,
      Amount deposit,
      long startTime,
      Optional<Reference> reference)
      implements StreamCommand {
    /** The last second of the year 9999: a larger value is most likely in milliseconds. */
    public static final long MAX_START_TIME = 253_402_300_799L;

    public Create {
      requirePositive("ratePerSecond", ratePerSecond);
      requirePositive("depositedAmount", deposit);
      checkedStartTime(startTime);
    }

    /**
     * Checks a start time.
     *
     * @throws InvalidValueException if it is negative or most likely in milliseconds
     */
    public static long checkedStartTime(long startTime) {
      if (startTime < 0 || startTime > MAX_START_TIME) {
        throw new InvalidValueException(
            "startTime",
            "startTime must be Unix seconds between 0 and "
                + MAX_START_TIME
                + " (not milliseconds)");
      }
      return startTime;
    }
  }

  record TopUp(StreamId streamId, Amount amount, Optional<Reference> reference)
      implements OnStream {
    public TopUp {
      requirePositive("amount", amount);
    }
  }

  /**
   * @param amount empty withdraws all that is claimable
   */
  record Withdraw(StreamId streamId, Optional<Amount> amount, Optional<Reference> reference)
      implements OnStream {
    public Withdraw {
      amount.ifPresent(wanted -> requirePositive("amount", wanted));
    }
  }

  record Pause(StreamId streamId, Optional<Reference> reference) implements OnStream {}

  record Resume(StreamId streamId, Optional<Reference> reference) implements OnStream {}

  record Cancel(StreamId streamId, Optional<Reference> reference) implements OnStream {}

  private static void requirePositive(String field, Amount amount) {
    if (amount.isZero()) {
      throw new InvalidValueException(field, field + " must be greater than zero");
    }
  }

  /** A command on a stream that must already exist. */
  sealed interface OnStream extends StreamCommand {
    StreamId streamId();

    @Override
    default Optional<StreamId> target() {
      return Optional.of(streamId());
    }
  }
}
