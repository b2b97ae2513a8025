package io.flowfi.payment;

import java.util.Objects;
import org.stellar.sdk.StrKey;

/**
 * A Stellar address in StrKey form (SEP-23). Clients may name accounts {@code G...} and contracts
 * {@code C...} only: those are checked for length, alphabet, version byte and CRC16. The chain may
 * name others as parties: muxed accounts {@code M...} and contracts {@code W...}, claimable
 * balances {@code B...}, pools {@code L...}.
 *
 * @param strKey the text as on chain; empty text for {@link #UNKNOWN}
 */
public record Address(String strKey) implements Comparable<Address> {
  /** A party that the chain has not told yet: null in JSON. No caller has it. */
  public static final Address UNKNOWN = new Address("");

  /** Of a muxed address: version, 32 bytes of the base, 8 bytes of the id, 2 of the checksum. */
  private static final int MUXED_LENGTH = 69;

  private static final int BASE_BYTES = 32;

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
    return strKey.startsWith("C");
  }

  public boolean isUnknown() {
    return strKey.isEmpty();
  }

  /**
   * The address that subscribers know it by: the base account or contract of a muxed address,
   * itself for all others.
   */
  public Address key() {
    if (strKey.length() != MUXED_LENGTH) {
      return this;
    }
    return switch (strKey.charAt(0)) {
      case 'M' -> new Address(StrKey.encodeEd25519PublicKey(base()));
      case 'W' -> new Address(StrKey.encodeContract(base()));
      default -> this;
    };
  }

  /** Reads RFC 4648's Base32 from behind the version byte on. */
  private byte[] base() {
    byte[] base = new byte[BASE_BYTES];
    int bits = 0;
    int waiting = 0;
    int read = -1;
    for (int i = 0; read < BASE_BYTES; i++) {
      char c = strKey.charAt(i);
      bits = bits << 5 | (c >= 'A' ? c - 'A' : c - '2' + 26);
      waiting += 5;
      if (waiting >= 8) {
        waiting -= 8;
        if (read >= 0) {
          base[read] = (byte) (bits >> waiting);
        }
        read++;
      }
    }
    return base;
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
