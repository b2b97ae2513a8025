package io.flowfi.auth;

import java.util.Objects;
import java.util.regex.Pattern;
import org.stellar.sdk.KeyPair;

/**
 * The names and the key for SEP-10 logins.
 *
 * @param signer the server account that signs challenges, {@code SIGNING_KEY} of the home domain's
 *     stellar.toml
 * @param homeDomain the domain that wallets log in to: with a port if its stellar.toml is served at
 *     one
 * @param webAuthDomain the host that answers logins, without a port: wallets compare it with the
 *     host name of the endpoint they talk to
 * @param networkPassphrase binds a signature to one network
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
      // the SDK's message may quote the seed
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

  /** Without the key. */
  @Override
  public String toString() {
    return "Sep10Settings[" + homeDomain + ", " + webAuthDomain + ", " + networkPassphrase + "]";
  }
}
