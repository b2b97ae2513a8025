package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IssuerKeysTest {
  private static List<Thread> readingAhead() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("issuer-keys|pool-\\d+-thread-\\d+"))
        .toList();
  }

  /**
   * A container that checks for leaks right after the end would report a thread that is still
   * ending.
   */
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
                InstantSource.system())) {
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

  @Test
  void shouldLeaveNoThreadBehindThatReadsAhead() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("a").generate();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("a").build();
    // the shortest possible: keys are read again after four fifths of it, five seconds
    Duration fresh = Duration.ofMillis((KeySetSource.patienceMillis() + 1000) * 5 / 4);
    List<Thread> before = readingAhead();
    for (int i = 0; i < 2; i++) {
      try (KeySetServer issuer = new KeySetServer(key);
          IssuerKeys keys = new IssuerKeys(issuer.url(), Duration.ofMillis(1), fresh)) {
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
  }
}
