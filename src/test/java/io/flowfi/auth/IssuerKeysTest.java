package io.flowfi.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class IssuerKeysTest {
  private static List<Thread> readingAhead() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("issuer-keys|pool-\\d+-thread-\\d+"))
        .toList();
  }

  /** A container that looks for leaks right after the end would report one that still ends. */
  @Test
  void shouldLeaveNoThreadBehindThatReadsAhead() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("a").generate();
    JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("a").build();
    // so short that keys are read again, ahead of their end, from the moment they are read
    Duration fresh = Duration.ofMillis((KeySetSource.patienceMillis() + 1000) * 5 / 4);
    List<Thread> before = readingAhead();
    for (int i = 0; i < 50; i++) {
      try (KeySetServer issuer = new KeySetServer(key);
          IssuerKeys keys = new IssuerKeys(issuer.url(), Duration.ofMillis(1), fresh)) {
        await()
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
