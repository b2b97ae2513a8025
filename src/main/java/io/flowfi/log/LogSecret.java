package io.flowfi.log;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that only those know who can read the log's store. Nodes recognise each other's messages
 * by it, over channels that nobody has to trust. It is never printed and never leaves the store.
 * Immutable.
 */
public final class LogSecret {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;

  private final byte[] secret;

  /**
   * @param hex as {@link #hex()} wrote it
   */
  public LogSecret(String hex) {
    secret = HexFormat.of().parseHex(hex);
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a log's secret must have " + BYTES + " bytes");
    }
  }

  /** A new secret. */
  public static LogSecret random() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return new LogSecret(HexFormat.of().formatHex(secret));
  }

  /** For the store only. */
  public String hex() {
    return HexFormat.of().formatHex(secret);
  }

  /**
   * HMAC-SHA-256 (RFC 2104) with a key of its own for each purpose, so that what is signed for one
   * purpose means nothing for another.
   */
  public Mac mac(String purpose) {
    return keyed(keyed(secret).doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
  }

  private static Mac keyed(byte[] key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }

  @Override
  public String toString() {
    return "a secret";
  }
}
