package io.flowfi.ledger;

/**
 * An idempotency key with the first answer to it.
 *
 * @param digest of the request that was answered
 * @param answer as {@code StoredAnswer} writes it
 * @param createdAt Unix seconds
 */
public record StoredKey(Id id, String digest, String answer, long createdAt) {

  /** Whose key it is, and the key. */
  public record Id(String scope, String key) {
    static Id of(IdempotencyKey key) {
      return new Id(key.scope(), key.key());
    }
  }
}
