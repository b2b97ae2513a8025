package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import java.util.Optional;

/**
 * An event of the chain as the store remembers it.
 *
 * @param transactionHash 64 hexadecimal digits
 * @param digest of its bytes, 64 hexadecimal digits
 * @param name as the contract calls it
 * @param raw topics and value, only of events that we do not know
 * @param logged where it is in the log; the last position, if there are several
 */
public record KnownFact(
    ChainPosition position,
    String transactionHash,
    String digest,
    String name,
    Optional<String> raw,
    LogPosition logged) {

  /** Whether the same event stands there. */
  boolean isSame(KnownFact other) {
    return digest.equals(other.digest) && transactionHash.equals(other.transactionHash);
  }

  /** The same, with the position of what it has come to. */
  KnownFact loggedAt(LogPosition position) {
    return new KnownFact(this.position, transactionHash, digest, name, raw, position);
  }

  /** What tells it from others, for an operator. */
  String identity() {
    return "transaction " + transactionHash + " with digest " + digest;
  }
}
