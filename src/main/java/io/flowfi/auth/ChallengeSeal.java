package io.flowfi.auth;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How challenges are recognised, and their age is known. Nodes that have both in common take each
 * other's challenges. Any thread may use it.
 *
 * @param mac makes a new HMAC-SHA-256 with the key that seals challenges
 * @param nanos the clock of their age, in nanoseconds; it may begin anywhere, and nobody sets it
 */
public record ChallengeSeal(Supplier<Mac> mac, LongSupplier nanos) {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  /** A seal that ends with this process. */
  public static ChallengeSeal ofThisProcess(LongSupplier nanos) {
    byte[] secret = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(secret);
    SecretKeySpec key = new SecretKeySpec(secret, ALGORITHM);
    return new ChallengeSeal(() -> keyed(key), nanos);
  }

  private static Mac keyed(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
