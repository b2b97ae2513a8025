package io.flowfi.payment;

import java.util.Objects;
import org.stellar.sdk.StrKey;

/**
 * A Stellar address in StrKey form: an account {@code G...} or a contract {@code C...}, checked for
 * length, alphabet, version byte and CRC16 (SEP-23).
 */
public record Address(String strKey) implements Comparable<Address> {
  public Address {
    Objects.requireNonNull(strKey, "address");
  }

  /**
   * Reads and verifies an address.
   *
   * @throws InvalidValueException if it is not a valid account or contract StrKey
   */
  public static Address parse(String field, String text) {
    if (text != null && text.length() == 56 && isValid(text)) {
      return new Address(text);
    }
    throw new InvalidValueException(
        field,
        field
            + " must be a Stellar account (G...) or contract (C...) address of 56 characters with a valid checksum");
  }

  private static boolean isValid(String text) {
    try {
      switch (text.charAt(0)) {
        case 'G' -> StrKey.decodeEd25519PublicKey(text);
        case 'C' -> StrKey.decodeContract(text);
        default -> {
          return false;
        }
      }
      return true;
    } catch (RuntimeException malformed) {
      // the SDK offers no public predicate, only decoders that throw
      return false;
    }
  }

  public boolean isContract() {
    return strKey.charAt(0) == 'C';
  }

  @Override
  public int compareTo(Address other) {
    return strKey.compareTo(other.strKey);
  }

  @Override
  public String toString() {
    return strKey;
  }
}
