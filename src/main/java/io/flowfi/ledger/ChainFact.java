package io.flowfi.ledger;

import io.flowfi.payment.Fact;
import java.util.Optional;

/**
 * A fact with its place on the chain.
 *
 * @param transactionHash 64 hexadecimal digits
 * @param closedAt when its ledger closed, in Unix seconds
 * @param name of the event, as in its first topic
 * @param digest SHA-256 over kind, topics and value of the event, each preceded by its length: to
 *     tell the same event that comes again from another one at its place
 * @param raw topics and value in base64, as one JSON text; only of events that we do not know
 */
public record ChainFact(
    Fact fact,
    ChainPosition position,
    String transactionHash,
    long closedAt,
    String name,
    byte[] digest,
    Optional<String> raw) {
  private static final int HASH_DIGITS = 64;
  private static final int DIGEST_BYTES = 32;

  public ChainFact {
    if (!isHash(transactionHash)) {
      throw new IllegalArgumentException("transactionHash must be 64 hexadecimal digits");
    }
    if (digest.length != DIGEST_BYTES) {
      throw new IllegalArgumentException("digest must be 32 bytes");
    }
  }

  /** Whether a text can be the hash of a transaction: 64 hexadecimal digits, in lower case. */
  public static boolean isHash(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return text.length() == HASH_DIGITS;
  }
}
