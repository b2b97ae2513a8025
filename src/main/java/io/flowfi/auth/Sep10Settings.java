package io.flowfi.auth;

import java.util.Objects;
import java.util.regex.Pattern;
import org.stellar.sdk.KeyPair;

/**
 * The names and the key a SEP-10 login goes by.
 *
 * @param signer the server account that signs challenges, {@code SIGNING_KEY} of the home domain's
 *     stellar.toml
 * @param homeDomain whom the login is for
 * @param webAuthDomain the host that answers logins
 * @param networkPassphrase what a signature is bound to, so that it counts on one network only
 */
public record Sep10Settings(
    KeyPair signer, String homeDomain, String webAuthDomain, String networkPassphrase) {
  public static final String TESTNET = "Test SDF Network ; September 2015";

  /** A host with an optional port; the home domain and " auth" must fit 64 bytes of a data name. */
  private static final Pattern DOMAIN =
      Pattern.compile("[a-z0-9]([a-z0-9.-]{0,50}[a-z0-9])?(:[0-9]{1,5})?");

  public Sep10Settings {
    if (!signer.canSign()) {
      throw new IllegalArgumentException("signer has no secret seed");
    }
    if (!isDomain(homeDomain) || !isDomain(webAuthDomain)) {
      throw new IllegalArgumentException("homeDomain and webAuthDomain must be host names");
    }
    Objects.requireNonNull(networkPassphrase, "networkPassphrase");
  }

  /**
   * Reads a secret seed {@code S...}.
   *
   * @throws IllegalArgumentException if it is not one; the message does not repeat it
   */
  public static KeyPair signer(String seed) {
    try {
      return KeyPair.fromSecretSeed(seed);
    } catch (RuntimeException e) {
      // what the SDK says may quote the seed
      throw new IllegalArgumentException("not a Stellar secret seed");
    }
  }

  public static boolean isDomain(String text) {
    return DOMAIN.matcher(text).matches();
  }

  /** Without the key, whatever the SDK makes of it. */
  @Override
  public String toString() {
    return "Sep10Settings[" + homeDomain + ", " + webAuthDomain + ", " + networkPassphrase + "]";
  }
}
