package io.flowfi.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.flowfi.payment.Address;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Issues the tokens of SEP-10 logins and of {@link StartTokens}; our own verifier checks them like
 * all others. Thread-safe.
 */
final class TokenIssuer {
  /** A working day. A token cannot be revoked, so it must not live much longer. */
  static final Duration LIFETIME = Duration.ofHours(8);

  private final JWSSigner signer;
  private final String issuer;
  private final Optional<String> audience;
  private final InstantSource clock;

  TokenIssuer(String secret, String issuer, Optional<String> audience, InstantSource clock) {
    try {
      this.signer = new MACSigner(secret.getBytes(StandardCharsets.UTF_8));
    } catch (KeyLengthException e) {
      throw new IllegalArgumentException("the secret is too short for HS256", e);
    }
    this.issuer = issuer;
    this.audience = audience;
    this.clock = clock;
  }

  /**
   * @param id the token's {@code jti}
   */
  Token issue(Address account, String id) {
    return issue(account, id, Set.of());
  }

  /**
   * @param id the token's {@code jti}
   * @param roles what the account may do beyond what its owner may
   */
  Token issue(Address account, String id, Set<Caller.Role> roles) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant expires = now.plus(LIFETIME);
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(issuer)
            .subject(account.strKey())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(expires))
            .jwtID(id);
    audience.ifPresent(claims::audience);
    if (!roles.isEmpty()) {
      claims.claim(
          "scope",
          roles.stream()
              .map(role -> role.name().toLowerCase(Locale.ROOT))
              .sorted()
              .collect(Collectors.joining(" ")));
    }
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.HS256).type(JOSEObjectType.JWT).build(),
            claims.build());
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("signing with HS256 failed", e);
    }
    return new Token(token.serialize(), expires);
  }
}
