package io.flowfi.auth;

import io.flowfi.payment.Address;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;

/**
 * The 48 bytes of a challenge that SEP-10 leaves to the server: 16 random ones, the creation time
 * by a clock that nobody sets, and a MAC over both and the account. So whoever has the {@link
 * ChallengeSeal} recognises its challenges and knows their age. Nothing is kept in memory, and
 * changes of the time of day do not matter. Any thread may call.
 */
final class ChallengeNonce {
  private static final int RANDOM_BYTES = 16;
  private static final int SEALED_BYTES = RANDOM_BYTES + Long.BYTES;

  /** What SEP-10 wants: 64 characters of base64. */
  private static final int BYTES = 48;

  private final SecureRandom random = new SecureRandom();
  private final ChallengeSeal seal;

  ChallengeNonce(ChallengeSeal seal) {
    this.seal = seal;
  }

  /** A new one for an account, in base64. */
  String next(Address account) {
    byte[] chance = new byte[RANDOM_BYTES];
    random.nextBytes(chance);
    byte[] sealed =
        ByteBuffer.allocate(SEALED_BYTES).put(chance).putLong(seal.nanos().getAsLong()).array();
    byte[] nonce =
        ByteBuffer.allocate(BYTES)
            .put(sealed)
            .put(seal(account.strKey(), sealed), 0, BYTES - SEALED_BYTES)
            .array();
    return Base64.getEncoder().encodeToString(nonce);
  }

  /**
   * Whether it was made with this seal, for this account, within {@code validity}.
   *
   * @param text as it is in a challenge
   */
  boolean isCurrent(String account, byte[] text, Duration validity) {
    byte[] nonce;
    try {
      nonce = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
    if (nonce.length != BYTES) {
      return false;
    }
    byte[] sealed = new byte[SEALED_BYTES];
    ByteBuffer in = ByteBuffer.wrap(nonce).get(sealed);
    byte[] sent = new byte[in.remaining()];
    in.get(sent);
    byte[] right = new byte[sent.length];
    System.arraycopy(seal(account, sealed), 0, right, 0, right.length);
    long age = seal.nanos().getAsLong() - ByteBuffer.wrap(sealed).getLong(RANDOM_BYTES);
    return MessageDigest.isEqual(sent, right) && age <= validity.toNanos();
  }

  private byte[] seal(String account, byte[] sealed) {
    Mac mac = seal.mac().get();
    mac.update(account.getBytes(StandardCharsets.UTF_8));
    return mac.doFinal(sealed);
  }
}
