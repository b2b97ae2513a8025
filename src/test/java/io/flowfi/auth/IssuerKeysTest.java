package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.flowfi.logs.LoggedLines;
import io.flowfi.time.Clocks;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerKeysTest {
  private static List<Thread> readingAhead() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("issuer-keys|pool-\\d+-thread-\\d+"))
        .toList();
  }

  /** A node that is not ready gets no tokens. */
  @Test
  void shouldBeInTroubleWithoutKeysAndFindThemUnasked() throws Exception {
    try (KeySetServer issuer = new KeySetServer();
        TokenVerifier verifier =
            new TokenVerifier(
                new AuthSettings(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(issuer.url()),
                    Optional.empty(),
                    Optional.empty(),
                    Set.of(),
                    Optional.empty()),
                Duration.ofMillis(1),
                Clocks.system())) {
      assertThat(verifier.lacksKeys()).as("nobody has needed a key").isFalse();
      issuer.status = 500;
      String token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJHIn0.c2ln";
      assertThatThrownBy(() -> verifier.verify(token))
          .isInstanceOf(AuthException.Unavailable.class);
      assertThat(verifier.lacksKeys()).isTrue();
      issuer.publish(new RSAKeyGenerator(2048).generate().toPublicJWK());
      issuer.status = 200;
      await().until(() -> !verifier.lacksKeys());
    }
  }

  /**
   * A container that checks for leaks right after the end would report a thread that is still
   * ending.
   */
  @Test
  void shouldLeaveNoThreadBehindThatReadsAhead() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("a").generate();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("a").build();
    // the shortest possible: keys are read again after four fifths of it, five seconds
    Duration fresh = Duration.ofMillis((KeySetSource.patienceMillis() + 1000) * 5 / 4);
    List<Thread> before = readingAhead();
    try (KeySetServer issuer = new KeySetServer(key);
        IssuerKeys keys =
            new IssuerKeys(issuer.url(), Duration.ofMillis(1), fresh, System::nanoTime)) {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInSameThread()
          .pollInterval(Duration.ofMillis(1))
          .untilAsserted(
              () -> {
                assertThat(keys.verifiers(header)).hasSize(1);
                assertThat(readingAhead()).hasSizeGreaterThan(before.size());
              });
    }
    assertThat(readingAhead()).isSubsetOf(before);
  }

  private static final Duration MIN_INTERVAL = Duration.ofSeconds(30);
  private static final Duration FRESH = Duration.ofMinutes(5);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // it may overflow

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  private static JWK key() throws Exception {
    return new ECKeyGenerator(Curve.P_256).keyID("a").generate().toPublicJWK();
  }

  private static final JWSHeader HEADER =
      new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("a").build();

  private static void assertUnavailable(IssuerKeys keys) {
    assertThatThrownBy(() -> keys.verifiers(HEADER)).isInstanceOf(AuthException.Unavailable.class);
  }

  @Test
  void shouldUseOldKeysForFourHoursOfAnOutageAndNoLonger() throws Exception {
    JWK key = key();
    try (KeySetServer issuer = new KeySetServer(key);
        IssuerKeys keys = new IssuerKeys(issuer.url(), MIN_INTERVAL, FRESH, nanos::get)) {
      assertThat(keys.verifiers(HEADER)).hasSize(1);
      assertThat(keys.statistics().failing()).isFalse();
      assertThat(keys.statistics().age()).hasValue(Duration.ZERO);
      issuer.status = 503;
      for (int minute = 1; minute < 4 * 60; minute++) {
        pass(Duration.ofMinutes(1));
        assertThat(keys.verifiers(HEADER)).as("after %s minutes", minute).hasSize(1);
      }
      assertThat(keys.areMissing()).isFalse();
      assertThat(keys.statistics().failing()).isTrue();
      assertThat(keys.statistics().age().orElseThrow()).isGreaterThan(Duration.ofMinutes(230));
      pass(Duration.ofMinutes(1).plusMillis(1));
      for (int i = 0; i < 5; i++) { // of which some come too soon for another read
        assertUnavailable(keys);
      }
      pass(Duration.ofHours(1));
      assertUnavailable(keys);
      issuer.status = 200;
      pass(Duration.ofMinutes(1));
      assertThat(keys.verifiers(HEADER)).hasSize(1);
      assertThat(keys.statistics().failing()).isFalse();
    }
  }

  @Test
  void shouldSayOnceForAnOutageThatTheKeysCannotBeRead() throws Exception {
    try (LoggedLines log = LoggedLines.of(IssuerKeys.class);
        KeySetServer issuer = new KeySetServer(key());
        IssuerKeys keys = new IssuerKeys(issuer.url(), MIN_INTERVAL, FRESH, nanos::get)) {
      issuer.status = 503;
      for (int request = 0; request < 10; request++) {
        assertUnavailable(keys);
        pass(MIN_INTERVAL.plusSeconds(1));
      }
      assertThat(issuer.requests).hasValueGreaterThan(5);
      assertThat(log.lines())
          .singleElement()
          .asString()
          .startsWith("WARNING the keys at JWT_JWKS_URL cannot be read")
          .contains("503")
          .contains("no token");

      issuer.status = 200;
      assertThat(keys.verifiers(HEADER)).hasSize(1);
      assertThat(log.lines()).last().asString().isEqualTo("INFO " + AGAIN);

      issuer.status = 503;
      for (int minute = 0; minute < 30; minute++) {
        pass(Duration.ofMinutes(1));
        keys.verifiers(HEADER);
      }
      await().until(() -> log.lines().size() >= 3); // another thread may have read ahead
      assertThat(log.lines()).hasSize(3).last().asString().contains("valid for 4 hours");
    }
  }

  /** It may have a password or a key in it, and all of an error may be logged. */
  @ParameterizedTest
  @ValueSource(ints = {401, 404, 410, 500, 503})
  void shouldNotRepeatTheAddressInAnError(int status) throws Exception {
    try (KeySetServer issuer = new KeySetServer(key())) {
      issuer.status = status;
      String address = issuer.url().toString().replace("//", "//user:hunter22@") + "?key=k-5d1f0c";
      KeySetSource source = new KeySetSource(URI.create(address).toURL());
      assertThatThrownBy(() -> source.getJWKSet(null, 0, null))
          .hasMessageStartingWith("the key set cannot be read (java.io.")
          .satisfies(
              thrown ->
                  assertThat(Throwables.getStackTrace(thrown))
                      .doesNotContain("hunter22", "k-5d1f0c"));
    }
  }

  private static final String AGAIN = "the keys at JWT_JWKS_URL can be read again";

  @Test
  void shouldSayOnceWhichKeysOfASetAreLeftOut() throws Exception {
    try (LoggedLines log = LoggedLines.of(KeySetSource.class);
        KeySetServer issuer = new KeySetServer(key());
        IssuerKeys keys = new IssuerKeys(issuer.url(), MIN_INTERVAL, FRESH, nanos::get)) {
      issuer.body =
          issuer.body.replace(
              "[", "[{\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":\"AA\",\"y\":\"AA\"},");
      for (int i = 0; i < 5; i++) {
        assertThat(keys.verifiers(HEADER)).hasSize(1);
        pass(FRESH.plusMinutes(1));
      }
      assertThat(issuer.requests).hasValueGreaterThanOrEqualTo(5);
      assertThat(log.lines()).singleElement().asString().contains("P-999", "the other keys count");
    }
  }
}
