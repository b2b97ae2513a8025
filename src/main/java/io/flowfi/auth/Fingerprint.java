package io.flowfi.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The SHA-256 of a secret. Only this is kept of tokens and tickets, so a memory dump gives nobody
 * access.
 */
public record Fingerprint(long a, long b, long c, long d) {
  /** 64 characters. */
  public String hex() {
    return "%016x%016x%016x%016x".formatted(a, b, c, d);
  }

  static Fingerprint of(String secret) {
    try {
      ByteBuffer hash =
          ByteBuffer.wrap(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
      return new Fingerprint(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
