package io.flowfi.auth;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads a key set one key at a time. It is another party's list: a key of an unknown kind, for
 * another use, or broken is left out, and the others count (RFC 7517, section 5). Only the members
 * of a key that verification needs are read; all others are ignored (section 4).
 */
final class PublishedKeys {
  /** More keys would only cost time. */
  private static final int MAX_KEYS = 200;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** The members of a key that are read, by its type; private ones are never read. */
  private static final Map<String, List<String>> MEMBERS =
      Map.of(
          KeyType.RSA.getValue(), List.of("n", "e"),
          KeyType.EC.getValue(), List.of("crv", "x", "y"),
          KeyType.OKP.getValue(), List.of("crv", "x"));

  /** RFC 8037 calls it EdDSA, RFC 9864 Ed25519; it is the same signature. */
  private static final Set<String> ED25519_NAMES = Set.of("EdDSA", "Ed25519");

  private PublishedKeys() {}

  /**
   * @param ignored gets a text for each key that is left out, with the reason and without control
   *     characters
   * @return the keys that can verify signatures, perhaps none
   * @throws ParseException if this is not a key set
   */
  static JWKSet read(String json, Consumer<String> ignored) throws ParseException {
    String text = json.startsWith(BYTE_ORDER_MARK) ? json.substring(1) : json;
    List<Object> published = JSONObjectUtils.getJSONArray(JSONObjectUtils.parse(text), "keys");
    if (published == null) {
      throw new ParseException("the member keys is missing", 0);
    }
    List<JWK> keys = new ArrayList<>();
    for (int i = 0; i < Math.min(published.size(), MAX_KEYS); i++) {
      try {
        keys.add(key(published.get(i)));
      } catch (ParseException | RuntimeException e) {
        ignored.accept("key " + (i + 1) + ": " + printable(e.getMessage()));
      }
    }
    if (published.size() > MAX_KEYS) {
      ignored.accept("all keys after the first " + MAX_KEYS);
    }
    return new JWKSet(keys);
  }

  private static JWK key(Object element) throws ParseException {
    if (!(element instanceof Map<?, ?> published)) {
      throw new ParseException("it is not a JSON object", 0);
    }
    Object type = published.get("kty");
    List<String> members = type instanceof String name ? MEMBERS.get(name) : null;
    if (members == null) {
      throw new ParseException("this server does not support its kty", 0);
    }
    Object use = published.get("use");
    if (use != null && !use.equals("sig")) {
      throw new ParseException("it is not for signatures", 0);
    }
    if (published.get("key_ops") instanceof List<?> operations && !operations.contains("verify")) {
      throw new ParseException("it is not for verifying", 0);
    }
    Map<String, Object> needed = new HashMap<>();
    needed.put("kty", type);
    members.forEach(member -> needed.put(member, published.get(member)));
    if (published.get("kid") != null) {
      needed.put("kid", published.get("kid"));
    }
    Object algorithm = published.get("alg");
    boolean ed25519 = Curve.Ed25519.getName().equals(needed.get("crv"));
    // a token may use either name, whichever the key has
    if (algorithm != null && !(ed25519 && ED25519_NAMES.contains(algorithm))) {
      needed.put("alg", algorithm);
    }
    return JWK.parse(needed);
  }

  private static String printable(String message) {
    return String.valueOf(message).replaceAll("\\p{Cntrl}", "?");
  }
}
