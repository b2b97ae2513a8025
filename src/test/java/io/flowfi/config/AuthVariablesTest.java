package io.flowfi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.auth.AuthSettings;
import io.flowfi.auth.Sep10Settings;
import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stellar.sdk.KeyPair;

class AuthVariablesTest {
  private static final String SECRET = "an example of 32 bytes, no less.";
  private static final KeyPair SERVER = KeyPair.random();
  private static final String SEED = new String(SERVER.getSecretSeed());

  private static AuthSettings auth(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return ServerSettings.from(new Environment(variables, Map.of())).auth();
  }

  private static void assertRefused(String variable, String said, String... namesAndValues) {
    assertThatThrownBy(() -> auth(namesAndValues))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(variable + " must ")
        .hasMessageContaining(said)
        .hasNoCause()
        .message()
        .doesNotContain("\n")
        .satisfies(
            message -> {
              for (int i = 1; i < namesAndValues.length; i += 2) {
                if (namesAndValues[i].length() > 8) {
                  assertThat(message).doesNotContain(namesAndValues[i]);
                }
              }
            });
  }

  @Test
  void shouldBeOpenByDefault() {
    assertThat(auth()).isEqualTo(AuthSettings.OPEN);
    assertThat(auth().isOpen()).isTrue();
  }

  @Test
  void shouldTakeEverything() {
    AuthSettings settings =
        auth(
            "JWT_SECRET", SECRET,
            "JWT_JWKS_URL", "https://issuer.example.com/jwks.json",
            "JWT_ISSUER", "https://issuer.example.com",
            "JWT_AUDIENCE", "flowfi",
            "ADMIN_PUBLIC_KEY", TestAddresses.account(1) + " , " + TestAddresses.account(2) + ",",
            "SEP10_SIGNING_SEED", SEED,
            "SEP10_HOME_DOMAIN", "example.com",
            "WEB_AUTH_DOMAIN", "auth.example.com",
            "STELLAR_NETWORK_PASSPHRASE", "A network of our own");
    assertThat(settings.isOpen()).isFalse();
    assertThat(settings.secret()).hasValue(SECRET);
    assertThat(settings.keySet()).hasValue(URI.create("https://issuer.example.com/jwks.json"));
    assertThat(settings.issuer()).hasValue("https://issuer.example.com");
    assertThat(settings.audience()).hasValue("flowfi");
    assertThat(settings.admins())
        .containsExactlyInAnyOrder(
            new Address(TestAddresses.account(1)), new Address(TestAddresses.account(2)));
    Sep10Settings sep10 = settings.sep10().orElseThrow();
    assertThat(sep10.signer().getAccountId()).isEqualTo(SERVER.getAccountId());
    assertThat(sep10.homeDomain()).isEqualTo("example.com");
    assertThat(sep10.webAuthDomain()).isEqualTo("auth.example.com");
    assertThat(sep10.networkPassphrase()).isEqualTo("A network of our own");
  }

  @Test
  void shouldTakeTheHomeDomainForTheOneThatAnswersAndTestnetForTheNetwork() {
    Sep10Settings sep10 =
        auth("JWT_SECRET", SECRET, "SEP10_SIGNING_SEED", SEED, "SEP10_HOME_DOMAIN", "example.com")
            .sep10()
            .orElseThrow();
    assertThat(sep10.webAuthDomain()).isEqualTo("example.com");
    assertThat(sep10.networkPassphrase()).isEqualTo("Test SDF Network ; September 2015");
  }

  @Test
  void shouldNeverPrintASecret() {
    Map<String, String> variables =
        Map.of(
            "JWT_SECRET",
            SECRET,
            "JWT_JWKS_URL",
            "https://user:hunter22@issuer.example.com/",
            "SEP10_SIGNING_SEED",
            SEED,
            "SEP10_HOME_DOMAIN",
            "example.com");
    ServerSettings settings = ServerSettings.from(new Environment(variables, Map.of()));
    for (String printed :
        new String[] {
          settings.toString(), settings.auth().toString(), settings.auth().sep10() + ""
        }) {
      assertThat(printed).contains("example.com").doesNotContain(SECRET, SEED, "hunter22");
    }
  }

  @Test
  void shouldWantASecretOfThirtyTwoBytes() {
    assertRefused("JWT_SECRET", "at least 32 bytes", "JWT_SECRET", SECRET.substring(1));
    // bytes, not letters
    assertThat(auth("JWT_SECRET", "ä".repeat(16)).isOpen()).isFalse();
  }

  @Test
  void shouldTakeTwoSecretsWhileTheyAreChanged() {
    String other = "another example of 32 bytes, as well";
    AuthSettings both = auth("JWT_SECRET", SECRET, "JWT_SECRET_PREVIOUS", other);
    assertThat(both.secret()).hasValue(SECRET);
    assertThat(both.otherSecret()).hasValue(other);
    assertThat(both.toString()).doesNotContain(SECRET, other);
    String previous = "JWT_SECRET_PREVIOUS";
    assertRefused(previous, "JWT_SECRET", previous, other);
    assertRefused(
        previous, "JWT_SECRET", previous, other, "JWT_JWKS_URL", "https://issuer.example.com/jwks");
    assertRefused(previous, "at least 32 bytes", "JWT_SECRET", SECRET, previous, "too-short-a-one");
    assertRefused(previous, "another secret", "JWT_SECRET", SECRET, previous, SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://issuer.example.com/jwks",
        "http://127.0.0.1.example.com/jwks",
        "ftp://issuer.example.com/jwks",
        "file:///etc/passwd-of-somebody",
        "issuer.example.com/jwks",
        "https:///jwks-without-host",
        "https://issuer.example.com/a b"
      })
  void shouldWantTheKeysToComeSafely(String url) {
    assertRefused("JWT_JWKS_URL", "https URL", "JWT_JWKS_URL", url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://127.0.0.1:8080/jwks", "http://localhost/jwks", "http://[::1]:1/j"})
  void shouldTakeKeysFromThisMachineWithoutTls(String url) {
    assertThat(auth("JWT_JWKS_URL", url).keySet()).hasValue(URI.create(url));
  }

  @ParameterizedTest
  @CsvSource({
    "JWT_ISSUER,https://x.example",
    "JWT_AUDIENCE,somebody-s-audience",
    "ADMIN_PUBLIC_KEY,GABCDEFGH"
  })
  void shouldNotLetAnybodyBelieveThatOpenModeIsProtected(String variable, String value) {
    assertRefused(variable, "JWT_SECRET or JWT_JWKS_URL", variable, value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SEP10_HOME_DOMAIN", "WEB_AUTH_DOMAIN"})
  void shouldNotLetAnybodyBelieveThatThereAreLogins(String variable) {
    assertRefused(variable, "SEP10_SIGNING_SEED", "JWT_SECRET", SECRET, variable, "example.com");
  }

  @Test
  void shouldTakeTheNetworkWithoutLogins() {
    // it is also the network whose events an indexer reads
    String network = "Public Global Stellar Network ; September 2015";
    assertThat(auth("STELLAR_NETWORK_PASSPHRASE", network)).isEqualTo(AuthSettings.OPEN);
    assertThat(auth("JWT_SECRET", SECRET, "STELLAR_NETWORK_PASSPHRASE", network).sep10()).isEmpty();
  }

  @Test
  void shouldNotStartLoginsWithoutASecretForTheirTokens() {
    assertRefused(
        "SEP10_SIGNING_SEED",
        "JWT_SECRET",
        "SEP10_SIGNING_SEED",
        SEED,
        "SEP10_HOME_DOMAIN",
        "example.com");
    assertRefused(
        "SEP10_SIGNING_SEED",
        "JWT_SECRET",
        "JWT_JWKS_URL",
        "https://issuer.example.com/jwks",
        "SEP10_SIGNING_SEED",
        SEED);
    assertRefused(
        "SEP10_HOME_DOMAIN",
        "SEP10_SIGNING_SEED",
        "JWT_SECRET",
        SECRET,
        "SEP10_SIGNING_SEED",
        SEED);
  }

  @Test
  void shouldNotRepeatASeedThatIsMisspelledOrInTheWrongPlace() {
    assertRefused(
        "SEP10_SIGNING_SEED",
        "secret seed",
        "JWT_SECRET",
        SECRET,
        "SEP10_HOME_DOMAIN",
        "e.com",
        "SEP10_SIGNING_SEED",
        SEED.substring(0, 55) + (SEED.endsWith("7") ? "6" : "7"));
    assertRefused(
        "SEP10_SIGNING_SEED",
        "secret seed",
        "JWT_SECRET",
        SECRET,
        "SEP10_SIGNING_SEED",
        SERVER.getAccountId());
    assertRefused("ADMIN_PUBLIC_KEY", "(G...)", "JWT_SECRET", SECRET, "ADMIN_PUBLIC_KEY", SEED);
    assertRefused(
        "ADMIN_PUBLIC_KEY",
        "(G...)",
        "JWT_SECRET",
        SECRET,
        "ADMIN_PUBLIC_KEY",
        TestAddresses.contract(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.com", "example.com/auth", "Example.com", "-example.com"})
  void shouldWantBareDomains(String domain) {
    assertRefused(
        "SEP10_HOME_DOMAIN",
        "without https://",
        "JWT_SECRET",
        SECRET,
        "SEP10_SIGNING_SEED",
        SEED,
        "SEP10_HOME_DOMAIN",
        domain);
    assertRefused(
        "WEB_AUTH_DOMAIN",
        "without https://",
        "JWT_SECRET",
        SECRET,
        "SEP10_SIGNING_SEED",
        SEED,
        "SEP10_HOME_DOMAIN",
        "e.com",
        "WEB_AUTH_DOMAIN",
        domain);
  }

  /** A wallet compares web_auth_domain with the host name of the endpoint, never with its port. */
  @Test
  void shouldNotTellWalletsAPortThatTheyDoNotCompare() {
    Sep10Settings atAPort =
        auth(
                "JWT_SECRET",
                SECRET,
                "SEP10_SIGNING_SEED",
                SEED,
                "SEP10_HOME_DOMAIN",
                "localhost:3001")
            .sep10()
            .orElseThrow();
    assertThat(atAPort.homeDomain()).isEqualTo("localhost:3001");
    assertThat(atAPort.webAuthDomain()).isEqualTo("localhost");
    assertRefused(
        "WEB_AUTH_DOMAIN",
        "without a port",
        "JWT_SECRET",
        SECRET,
        "SEP10_SIGNING_SEED",
        SEED,
        "SEP10_HOME_DOMAIN",
        "e.com",
        "WEB_AUTH_DOMAIN",
        "auth.example.com:8443");
  }
}
