package io.flowfi.config;

import io.flowfi.auth.AuthSettings;
import io.flowfi.auth.Sep10Settings;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.stellar.sdk.KeyPair;

/**
 * The variables about who may do what. A variable that has no effect without another is rejected:
 * its operator believes that the server is protected.
 */
final class AuthVariables {
  private static final String SECRET = "JWT_SECRET";
  private static final String OTHER_SECRET = "JWT_SECRET_PREVIOUS";
  private static final String KEY_SET = "JWT_JWKS_URL";
  private static final String SEED = "SEP10_SIGNING_SEED";

  /** Hosts with no network in between, where nobody else can read or change the traffic. */
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private AuthVariables() {}

  static AuthSettings read(Environment environment) {
    if (environment.isSet(SEED) && !environment.isSet(SECRET)) {
      throw new InvalidSettingException(
          SEED, "must come with JWT_SECRET, which signs the tokens of those who log in");
    }
    if (environment.isSet(OTHER_SECRET) && !environment.isSet(SECRET)) {
      throw new InvalidSettingException(
          OTHER_SECRET, "must come with JWT_SECRET, beside which it verifies tokens");
    }
    if (!environment.isSet(SECRET) && !environment.isSet(KEY_SET)) {
      refuse(
          environment,
          List.of("JWT_ISSUER", "JWT_AUDIENCE", "ADMIN_PUBLIC_KEY"),
          "must come with JWT_SECRET or JWT_JWKS_URL: without them there is no authentication");
    }
    if (!environment.isSet(SEED)) {
      refuse(
          environment,
          List.of("SEP10_HOME_DOMAIN", "WEB_AUTH_DOMAIN"),
          "must come with SEP10_SIGNING_SEED: without it there are no logins here");
    }
    return new AuthSettings(
        secret(environment, SECRET),
        otherSecret(environment),
        keySet(environment),
        environment.text("JWT_ISSUER"),
        environment.text("JWT_AUDIENCE"),
        admins(environment),
        environment.text(SEED).map(seed -> sep10(seed, environment)));
  }

  private static void refuse(Environment environment, List<String> variables, String why) {
    variables.stream()
        .filter(environment::isSet)
        .findFirst()
        .ifPresent(
            name -> {
              throw new InvalidSettingException(name, why);
            });
  }

  private static Optional<String> otherSecret(Environment environment) {
    Optional<String> other = secret(environment, OTHER_SECRET);
    if (other.isPresent() && other.equals(environment.text(SECRET))) {
      throw new InvalidSettingException(OTHER_SECRET, "must be another secret than JWT_SECRET");
    }
    return other;
  }

  private static Optional<String> secret(Environment environment, String variable) {
    Optional<String> secret = environment.text(variable);
    if (secret.isPresent() && !AuthSettings.isLongEnough(secret.get())) {
      throw new InvalidSettingException(
          variable,
          "must have at least "
              + AuthSettings.MIN_SECRET_BYTES
              + " bytes, such as from: openssl rand -base64 32");
    }
    return secret;
  }

  private static Optional<URI> keySet(Environment environment) {
    return environment.text(KEY_SET).map(AuthVariables::keySet);
  }

  private static URI keySet(String text) {
    try {
      URI url = new URI(text);
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      String host = url.getHost();
      if (host != null
          && (scheme.equals("https") || scheme.equals("http") && LOOPBACK.contains(host))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // rejected below, without the parser's message, which repeats the value
    }
    throw new InvalidSettingException(
        KEY_SET, "must be an https URL (http only on this machine) that answers with a JWK set");
  }

  private static Set<Address> admins(Environment environment) {
    Set<Address> admins = new LinkedHashSet<>();
    for (String key : environment.text("ADMIN_PUBLIC_KEY").orElse("").split(",", -1)) {
      if (!key.isBlank()) {
        admins.add(account(key.strip()));
      }
    }
    return admins;
  }

  private static Address account(String key) {
    try {
      Address account = Address.parse("ADMIN_PUBLIC_KEY", key);
      if (!account.isContract()) {
        return account;
      }
    } catch (InvalidValueException e) {
      // a secret seed pasted here by mistake must not be repeated
    }
    throw new InvalidSettingException(
        "ADMIN_PUBLIC_KEY", "must be Stellar accounts (G...), separated by commas");
  }

  private static Sep10Settings sep10(String seed, Environment environment) {
    KeyPair signer;
    try {
      signer = Sep10Settings.signer(seed);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(SEED, "must be a Stellar secret seed (S...)");
    }
    String homeDomain =
        domain(
                environment,
                "SEP10_HOME_DOMAIN",
                Sep10Settings::isDomain,
                "must be a host name such as payments.example.com, without https://")
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "SEP10_HOME_DOMAIN",
                        "must be set with SEP10_SIGNING_SEED: the domain whose stellar.toml names this server"));
    return new Sep10Settings(
        signer,
        homeDomain,
        domain(
                environment,
                "WEB_AUTH_DOMAIN",
                Sep10Settings::isHost,
                "must be the host name of this server's address, such as payments.example.com,"
                    + " without https:// and without a port: wallets compare it with the name alone")
            .orElse(Sep10Settings.hostOf(homeDomain)),
        passphrase(environment));
  }

  /** The name of the Stellar network that everything is about. */
  static String passphrase(Environment environment) {
    return environment.text("STELLAR_NETWORK_PASSPHRASE").orElse(Sep10Settings.TESTNET);
  }

  private static Optional<String> domain(
      Environment environment, String variable, Predicate<String> isOne, String accepts) {
    Optional<String> domain = environment.text(variable);
    if (domain.isPresent() && !isOne.test(domain.get())) {
      throw new InvalidSettingException(variable, accepts);
    }
    return domain;
  }
}
