package io.flowfi.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.payment.Address;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;

/**
 * How the nodes of one log prove their requests to each other: an HMAC-SHA-256 with a key that only
 * nodes of the log know, over everything that the request asks for, and for whom. It is valid for
 * one node, once, and for {@link #WINDOW}. A node asks on behalf of an administrator, whose account
 * goes along. Thread-safe.
 */
public final class NodeProof {
  /** The scheme of the {@code Authorization} header. */
  public static final String SCHEME = "FlowFi-Node";

  /** By the clock that the nodes share. */
  public static final Duration WINDOW = Duration.ofSeconds(30);

  private static final int MOST_REMEMBERED = 100_000;
  private static final String NONE = "-";
  private static final Pattern FORM =
      Pattern.compile(
          "v1[.]([0-9]{1,15})[.]([A-Za-z0-9_-]{16})[.]([A-Z0-9]{56}|-)[.]([A-Za-z0-9_-]{43})");

  private final Supplier<Mac> mac;
  private final LongSupplier nanos;
  private final String self;
  private final SecureRandom random = new SecureRandom();

  /** What has been used; forgotten when it is too old to be used again. */
  private final Cache<String, Boolean> used =
      Caffeine.newBuilder()
          .expireAfterWrite(WINDOW.multipliedBy(3))
          .maximumSize(MOST_REMEMBERED)
          .build();

  /**
   * @param mac makes a new HMAC-SHA-256 with the key of this purpose
   * @param nanos the clock that the nodes share, since 1970
   * @param self the id of this node
   */
  public NodeProof(Supplier<Mac> mac, LongSupplier nanos, String self) {
    this.mac = mac;
    this.nanos = nanos;
    this.self = self;
  }

  /**
   * A request from one node to another.
   *
   * @param target path and query as they are sent
   */
  public record Request(String method, String target, byte[] body) {}

  /**
   * The value of the {@code Authorization} header.
   *
   * @param to the id of the node that is asked
   * @param account of the administrator who wants it; empty in open mode
   */
  public String of(Request request, String to, Optional<Address> account) {
    byte[] nonce = new byte[12];
    random.nextBytes(nonce);
    String claims =
        "v1."
            + millis()
            + "."
            + Base64.getUrlEncoder().encodeToString(nonce)
            + "."
            + account.map(Address::strKey).orElse(NONE);
    return SCHEME + " " + claims + "." + seal(request, to, claims);
  }

  private long millis() {
    return nanos.getAsLong() / 1_000_000;
  }

  private String seal(Request request, String to, String claims) {
    String text =
        String.join("\n", request.method(), request.target(), to, claims, digest(request.body()));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(mac.get().doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The administrator for whom another node asks.
   *
   * @param credentials the header's value behind the scheme
   * @throws AuthException.Invalid if no node of this log has made them for this request to this
   *     node, or not lately, or they were used before
   */
  public Caller check(String credentials, Request request) {
    Matcher form = FORM.matcher(credentials);
    if (!form.matches()) {
      throw refused();
    }
    String claims = credentials.substring(0, credentials.lastIndexOf('.'));
    String seal = seal(request, self, claims);
    if (!MessageDigest.isEqual(
        seal.getBytes(StandardCharsets.US_ASCII),
        form.group(4).getBytes(StandardCharsets.US_ASCII))) {
      throw refused();
    }
    if (Math.abs(millis() - Long.parseLong(form.group(1))) > WINDOW.toMillis()
        || used.asMap().putIfAbsent(form.group(2), true) != null) {
      throw refused();
    }
    Optional<Address> account =
        form.group(3).equals(NONE) ? Optional.empty() : Optional.of(new Address(form.group(3)));
    return new Caller(account, EnumSet.of(Caller.Role.ADMIN), Optional.empty());
  }

  private static AuthException.Invalid refused() {
    return new AuthException.Invalid("this is no valid request of another node to this one");
  }
}
