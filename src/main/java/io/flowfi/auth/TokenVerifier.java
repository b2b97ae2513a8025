package io.flowfi.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.flowfi.auth.Caller.Role;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.time.Clocks;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the caller of a JWT, or says why it is not valid. We choose the algorithm, not the token:
 * HS256 with the configured secret, RS256, ES256 or EdDSA (Ed25519) with the configured key set,
 * nothing else, and never one kind of key for the other.
 *
 * <p>Thread-safe. Valid tokens are remembered for a few minutes, by their hash and never past their
 * end, because the same token comes with every request.
 */
final class TokenVerifier implements AutoCloseable {
  /**
   * How much our clock and an issuer's may differ; a token ends this long after its {@code exp}.
   */
  static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  private static final int MAX_LENGTH = 8 * 1024;
  private static final int REMEMBERED = 20_000;

  /** NumericDate claims (RFC 7519, section 4.1); the ones that we do not use are checked too. */
  private static final List<String> TIMES = List.of("exp", "nbf", "iat");

  /** The end of the year 9999, in Unix seconds. */
  private static final BigDecimal LAST_SECOND = BigDecimal.valueOf(253_402_300_799L);

  private static final int MAX_DIGITS = 40;

  /** Also how long a token stays valid after its key was withdrawn. */
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(5);

  private final List<JWSVerifier> secrets;
  private final Optional<OtherSecret> other;
  private final Optional<IssuerKeys> keys;
  private final Optional<String> issuer;
  private final Optional<String> audience;
  private final Set<Address> admins;
  private final Clocks clock;
  private final Cache<Fingerprint, Caller> verified;

  TokenVerifier(AuthSettings settings, Duration minRefreshInterval, Clocks clock) {
    this.other =
        settings
            .otherSecret()
            .map(TokenVerifier::macVerifier)
            .map(with -> new OtherSecret(with, clock::nanos));
    this.secrets =
        Stream.concat(
                settings.secret().map(TokenVerifier::macVerifier).stream(),
                other.map(OtherSecret::verifier).stream())
            .toList();
    this.keys = settings.keySet().map(url -> new IssuerKeys(url, minRefreshInterval, clock::nanos));
    this.issuer = settings.issuer();
    this.audience = settings.audience();
    this.admins = settings.admins();
    this.clock = clock;
    this.verified =
        Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .expireAfterWrite(REMEMBERED_FOR)
            .ticker(clock::nanos)
            .build();
  }

  private static JWSVerifier macVerifier(String secret) {
    try {
      return new MACVerifier(secret.getBytes(StandardCharsets.UTF_8));
    } catch (JOSEException e) {
      throw new IllegalArgumentException("the secret is too short for HS256", e);
    }
  }

  /**
   * @throws AuthException.Invalid if the token is not valid here and now
   * @throws AuthException.Unavailable if the issuer's keys cannot be read
   */
  Caller verify(String token) {
    if (token.length() > MAX_LENGTH) {
      throw new AuthException.Invalid("the token is too long");
    }
    Fingerprint fingerprint = Fingerprint.of(token);
    Caller known = verified.getIfPresent(fingerprint);
    if (known != null && known.expires().filter(clock.instant()::isBefore).isPresent()) {
      return known;
    }
    Authentic authentic = authentic(token);
    Caller caller = caller(authentic.claims());
    other
        .filter(with -> with.verifier() == authentic.by())
        .ifPresent(with -> with.accepted(caller.expires().orElseThrow()));
    verified.put(fingerprint, caller);
    return caller;
  }

  /** Whether the issuer's keys are needed but could not be read. */
  boolean lacksKeys() {
    return keys.filter(IssuerKeys::areMissing).isPresent();
  }

  /** Empty without keys of an issuer. */
  Optional<IssuerStatistics> issuer() {
    return keys.map(IssuerKeys::statistics);
  }

  /** Tokens that only the other secret has verified; empty without one. */
  OptionalLong byOtherSecret() {
    return other.map(OtherSecret::count).map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  private record Authentic(JWTClaimsSet claims, JWSVerifier by) {}

  private Authentic authentic(String token) {
    SignedJWT jwt;
    try {
      jwt = SignedJWT.parse(token); // refuses alg:none
    } catch (ParseException | IllegalArgumentException e) {
      throw new AuthException.Invalid("the token is not a signed JWT");
    }
    JWSHeader header = jwt.getHeader();
    if (header.getCriticalParams() != null) {
      throw new AuthException.Invalid("the token has critical headers this server does not know");
    }
    List<JWSVerifier> verifiers = verifiers(header);
    if (verifiers.isEmpty()) {
      throw new AuthException.Invalid("the token is signed with a key this server does not know");
    }
    try {
      for (JWSVerifier verifier : verifiers) {
        if (jwt.verify(verifier)) {
          checkTimes(jwt);
          return new Authentic(jwt.getJWTClaimsSet(), verifier);
        }
      }
    } catch (JOSEException | ParseException e) {
      throw new AuthException.Invalid("the token is not a signed JWT");
    }
    throw new AuthException.Invalid("the token's signature is not valid");
  }

  // The library turns seconds into milliseconds without an overflow check: a time too large would
  // become one in the past.
  private static void checkTimes(SignedJWT jwt) {
    Map<String, Object> claims = jwt.getPayload().toJSONObject();
    for (String name : TIMES) {
      Object time = claims == null ? null : claims.get(name);
      if (time instanceof Number number && !isTime(number.toString())) {
        throw new AuthException.Invalid(
            "the token's " + name + " is not a time before the year 10000");
      }
    }
  }

  private static boolean isTime(String number) {
    if (number.length() > MAX_DIGITS) {
      return false;
    }
    try {
      BigDecimal seconds = new BigDecimal(number);
      return seconds.signum() >= 0 && seconds.compareTo(LAST_SECOND) <= 0;
    } catch (NumberFormatException notFinite) {
      return false;
    }
  }

  private List<JWSVerifier> verifiers(JWSHeader header) {
    if (!secrets.isEmpty() && JWSAlgorithm.HS256.equals(header.getAlgorithm())) {
      return secrets;
    }
    if (keys.isPresent() && IssuerKeys.ALGORITHMS.contains(header.getAlgorithm())) {
      return keys.get().verifiers(header);
    }
    throw new AuthException.Invalid("this server does not accept the token's algorithm");
  }

  private Caller caller(JWTClaimsSet claims) {
    Instant now = clock.instant();
    Date expiration = claims.getExpirationTime();
    if (expiration == null) {
      throw new AuthException.Invalid("the token has no exp");
    }
    Instant expires = expiration.toInstant().plus(CLOCK_SKEW);
    if (!now.isBefore(expires)) {
      throw new AuthException.Invalid("the token has expired");
    }
    Date notBefore = claims.getNotBeforeTime();
    if (notBefore != null && now.plus(CLOCK_SKEW).isBefore(notBefore.toInstant())) {
      throw new AuthException.Invalid("the token is not valid yet");
    }
    if (issuer.isPresent() && !issuer.get().equals(claims.getIssuer())) {
      throw new AuthException.Invalid("the token is not from the issuer this server trusts");
    }
    if (audience.isPresent() && !claims.getAudience().contains(audience.get())) {
      throw new AuthException.Invalid("the token is not for this server");
    }
    Address account = account(claims.getSubject());
    return new Caller(Optional.of(account), roles(account, claims), Optional.of(expires));
  }

  private static Address account(String subject) {
    try {
      Address account = Address.parse("sub", subject);
      if (!account.isContract()) {
        return account;
      }
    } catch (InvalidValueException e) {
      // the same answer as to a contract
    }
    throw new AuthException.Invalid("the token's sub is not a Stellar account (G...)");
  }

  private Set<Role> roles(Address account, JWTClaimsSet claims) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    if (admins.contains(account)) {
      roles.add(Role.ADMIN);
    }
    Object scope = claims.getClaim("scope");
    if (scope instanceof String names) {
      for (String name : names.split(" ", -1)) {
        switch (name) {
          case "admin" -> roles.add(Role.ADMIN);
          case "service" -> roles.add(Role.SERVICE);
          default -> {} // other scopes are for other services
        }
      }
    } else if (scope != null) {
      throw new AuthException.Invalid("the token's scope must be one string");
    }
    return roles;
  }

  @Override
  public void close() {
    keys.ifPresent(IssuerKeys::close);
  }
}
