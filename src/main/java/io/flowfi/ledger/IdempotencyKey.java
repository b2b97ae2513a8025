package io.flowfi.ledger;

import io.flowfi.payment.InvalidValueException;

/**
 * A caller's key for a request that must take effect once, however often it is sent.
 *
 * @param scope whose key it is: keys of different callers are never the same
 * @param key the header's value, 1 to 255 printable ASCII characters
 * @param requestDigest stands for the request: the same key with another request is an error
 */
public record IdempotencyKey(String scope, String key, String requestDigest) {
  public IdempotencyKey {
    if (key == null
        || key.isEmpty()
        || key.length() > 255
        || !key.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
      throw new InvalidValueException(
          "Idempotency-Key", "Idempotency-Key must be 1 to 255 printable ASCII characters");
    }
  }
}
