package io.flowfi.payment;

import java.math.BigInteger;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A non-negative quantity of a token in its smallest unit (stroops), within the range of Soroban's
 * i128. Arithmetic never wraps: a result outside the range throws {@link ArithmeticException}.
 */
public record Amount(BigInteger value) implements Comparable<Amount> {
  /** 2^127 - 1, the largest i128. */
  public static final BigInteger MAX_VALUE = BigInteger.ONE.shiftLeft(127).subtract(BigInteger.ONE);

  public static final Amount ZERO = new Amount(BigInteger.ZERO);
  private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,38}");

  public Amount {
    Objects.requireNonNull(value, "amount");
    if (value.signum() < 0 || value.compareTo(MAX_VALUE) > 0) {
      throw new ArithmeticException("amount is outside 0 to 2^127-1");
    }
  }

  public static Amount of(long value) {
    return new Amount(BigInteger.valueOf(value));
  }

  /**
   * Reads a canonical decimal amount greater than zero, as a client writes it.
   *
   * @throws InvalidValueException if it is not a decimal string from 1 to 2^127-1
   */
  public static Amount parsePositive(String field, String text) {
    if (text != null && DECIMAL.matcher(text).matches()) {
      BigInteger value = new BigInteger(text);
      if (value.signum() > 0 && value.compareTo(MAX_VALUE) <= 0) {
        return new Amount(value);
      }
    }
    throw new InvalidValueException(
        field,
        field
            + " must be a decimal string between 1 and "
            + MAX_VALUE
            + ", in the token's smallest unit");
  }

  public Amount plus(Amount other) {
    return new Amount(value.add(other.value));
  }

  public Amount minus(Amount other) {
    return new Amount(value.subtract(other.value));
  }

  /** The sum, or the largest amount if it is beyond that. */
  public Amount plusAtMost(Amount other) {
    return new Amount(value.add(other.value).min(MAX_VALUE));
  }

  /** The difference, or zero if it is below that. */
  public Amount minusAtLeast(Amount other) {
    return new Amount(value.subtract(other.value).max(BigInteger.ZERO));
  }

  public boolean isZero() {
    return value.signum() == 0;
  }

  @Override
  public int compareTo(Amount other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
