package io.flowfi.auth;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * A strict check of a transaction envelope before the SDK decodes it. The SDK allocates any length
 * that the bytes claim, even gigabytes. And an envelope of another form than our challenges is
 * rejected anyway. Layout: {@code Stellar-transaction.x}, {@code TransactionEnvelope}.
 */
final class ChallengeShape {
  /** Our own have 500 bytes; this leaves room for the 20 signatures that an envelope may have. */
  private static final int MAX_BYTES = 2560;

  private static final int ENVELOPE_TYPE_TX = 2;
  private static final int KEY_TYPE_ED25519 = 0;
  private static final int PRECONDITION_TIME = 1;
  private static final int MEMO_NONE = 0;
  private static final int MANAGE_DATA = 10;

  /** The login itself, and the domain that answers it (two operations). */
  private static final int OPERATIONS = 2;

  private static final int MAX_SIGNATURES = 20;
  private static final int MAX_FIELD = 64;

  private final ByteBuffer in;

  private ChallengeShape(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  /**
   * Checks the shape.
   *
   * @return the same envelope in canonical base64
   * @throws AuthException.Malformed if it cannot be one of our challenges
   */
  static String check(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new AuthException.Malformed("transaction must be a transaction envelope in base64");
    }
    try {
      if (bytes.length <= MAX_BYTES && new ChallengeShape(bytes).fits()) {
        return Base64.getEncoder().encodeToString(bytes);
      }
    } catch (BufferUnderflowException cutOff) {
      // not the shape either
    }
    throw new AuthException.Malformed(
        "transaction must be the challenge that GET /v1/auth gave, with your signature added");
  }

  private boolean fits() {
    return in.getInt() == ENVELOPE_TYPE_TX
        && account()
        && skip(4) // the fee
        && skip(8) // the sequence number
        && in.getInt() == PRECONDITION_TIME
        && skip(16)
        && in.getInt() == MEMO_NONE
        && in.getInt() == OPERATIONS
        && operation()
        && operation()
        && in.getInt() == 0 // no extension
        && signatures()
        && !in.hasRemaining();
  }

  private boolean operation() {
    return in.getInt() == 1 // it has a source account of its own
        && account()
        && in.getInt() == MANAGE_DATA
        && bytes()
        && in.getInt() == 1 // there is a value
        && bytes();
  }

  private boolean account() {
    return in.getInt() == KEY_TYPE_ED25519 && skip(32);
  }

  private boolean signatures() {
    int count = in.getInt();
    if (count < 0 || count > MAX_SIGNATURES) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!skip(4) || !bytes()) {
        return false;
      }
    }
    return true;
  }

  /** Up to 64 bytes, padded with zeros to a multiple of four (RFC 4506, section 4.10). */
  private boolean bytes() {
    int length = in.getInt();
    if (length < 0 || length > MAX_FIELD || !skip(length)) {
      return false;
    }
    for (int padding = -length & 3; padding > 0; padding--) {
      if (in.get() != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean skip(int count) {
    if (in.remaining() < count) {
      return false;
    }
    in.position(in.position() + count);
    return true;
  }
}
