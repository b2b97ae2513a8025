package io.flowfi.auth;

import io.flowfi.payment.Address;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Which credentials are accepted. With neither a secret nor a key set there is no authentication:
 * open mode.
 *
 * @param secret signs tokens with HS256: an outside issuer's and those of SEP-10 logins
 * @param otherSecret verifies tokens, too, while the secret is changed; signs none
 * @param keySet where an outside issuer publishes the public keys of its RS256, ES256 or EdDSA
 *     tokens
 * @param issuer the required {@code iss} of a token
 * @param audience what a token's {@code aud} must contain
 * @param admins accounts that are administrators whatever their tokens say
 * @param sep10 lets accounts log in here
 */
public record AuthSettings(
    Optional<String> secret,
    Optional<String> otherSecret,
    Optional<URI> keySet,
    Optional<String> issuer,
    Optional<String> audience,
    Set<Address> admins,
    Optional<Sep10Settings> sep10) {
  /** As many bytes as an HS256 signature has (RFC 7518, section 3.2). */
  public static final int MIN_SECRET_BYTES = 32;

  public static final AuthSettings OPEN =
      new AuthSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Set.of(),
          Optional.empty());

  public AuthSettings {
    admins = Set.copyOf(admins);
    if (secret.isPresent() && !isLongEnough(secret.get())) {
      throw new IllegalArgumentException("secret is too short");
    }
    if (otherSecret.isPresent()
        && (secret.isEmpty() || otherSecret.equals(secret) || !isLongEnough(otherSecret.get()))) {
      throw new IllegalArgumentException("the other secret is too short, the same, or alone");
    }
    if (sep10.isPresent() && secret.isEmpty()) {
      throw new IllegalArgumentException("sep10 needs a secret to sign its tokens with");
    }
  }

  public static boolean isLongEnough(String secret) {
    return secret.getBytes(StandardCharsets.UTF_8).length >= MIN_SECRET_BYTES;
  }

  public boolean isOpen() {
    return secret.isEmpty() && keySet.isEmpty();
  }

  /** Says what is configured, but never the values: even the URL may contain a password. */
  @Override
  public String toString() {
    return "AuthSettings[secret="
        + secret.isPresent()
        + ", otherSecret="
        + otherSecret.isPresent()
        + ", keySet="
        + keySet.isPresent()
        + ", issuer="
        + issuer
        + ", audience="
        + audience
        + ", admins="
        + admins.size()
        + ", sep10="
        + sep10
        + "]";
  }
}
