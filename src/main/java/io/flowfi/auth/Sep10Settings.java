package io.flowfi.auth;

import java.util.Objects;
import java.util.regex.Pattern;
import org.stellar.sdk.KeyPair;

/**
 * The names and the key a SEP-10 login goes by.
 *
 * @param signer the server account that signs challenges, {@code SIGNING_KEY} of the home domain's
 *     stellar.toml
 * @param homeDomain whom the login is for, as wallets are told: with a port if its stellar.toml is
 *     to be had at one
 * @param webAuthDomain the host that answers logins, without a port: wallets compare it with the
 *     host name of the endpoint they talk to
 * @param networkPassphrase what a signature is bound to, so that it counts on one network only
 */
public record Sep10Settings(
    KeyPair signer, String homeDomain, String webAuthDomain, String networkPassphrase) {
  public static final String TESTNET = "Test SDF Network ; September 2015";

  /** The home domain, with a port, and " auth" must fit 64 bytes of a data name. */
  private static final String HOST_NAME = "[a-z0-9]([a-z0-9.-]{0,50}[a-z0-9])?";

  private static final Pattern HOST = Pattern.compile(HOST_NAME);
  private static final Pattern DOMAIN = Pattern.compile(HOST_NAME + "(:[0-9]{1,5})?");

  public Sep10Settings {
    if (!signer.canSign()) {
      throw new IllegalArgumentException("signer has no secret seed");
    }
    if (!isDomain(homeDomain)) {
      throw new IllegalArgumentException("homeDomain must be a host name");
    }
    if (!isHost(webAuthDomain)) {
      throw new IllegalArgumentException("webAuthDomain must be a host name without a port");
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

  /** Whether it is a host name, with a port or without. */
  public static boolean isDomain(String text) {
    return DOMAIN.matcher(text).matches();
  }

  /** Whether it is a host name and no more. */
  public static boolean isHost(String text) {
    return HOST.matcher(text).matches();
  }

  /** The host name of a domain. */
  public static String hostOf(String domain) {
    int port = domain.indexOf(':');
    return port < 0 ? domain : domain.substring(0, port);
  }

  /** Without the key, whatever the SDK makes of it. */
  @Override
  public String toString() {
    return "Sep10Settings[" + homeDomain + ", " + webAuthDomain + ", " + networkPassphrase + "]";
  }
}
