package io.flowfi.payment;

import java.util.regex.Pattern;

/**
 * Identity of a payment stream: an unsigned 64-bit number, as the on-chain contract counts them.
 *
 * @param bits the number's 64 bits; read as signed they are negative for ids from 2^63 on
 */
public record StreamId(long bits) implements Comparable<StreamId> {
  private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,19}");

  /**
   * Reads a canonical decimal u64.
   *
   * @param field the name to blame in the error
   * @throws InvalidValueException if the text is not a decimal between 0 and 2^64-1 without sign or
   *     leading zeros
   */
  public static StreamId parse(String field, String text) {
    if (text != null && DECIMAL.matcher(text).matches()) {
      try {
        return new StreamId(Long.parseUnsignedLong(text));
      } catch (NumberFormatException beyondU64) {
        // falls through to the one message
      }
    }
    throw new InvalidValueException(
        field, field + " must be a decimal integer between 0 and 18446744073709551615");
  }

  @Override
  public int compareTo(StreamId other) {
    return Long.compareUnsigned(bits, other.bits);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(bits);
  }
}
