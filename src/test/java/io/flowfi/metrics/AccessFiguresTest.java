package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.flowfi.auth.AuthException;
import io.flowfi.auth.AuthSettings;
import io.flowfi.auth.Authentication;
import io.flowfi.auth.ChallengeSeal;
import io.flowfi.auth.LocalSpentChallenges;
import io.flowfi.auth.LocalTickets;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.LocalSlots;
import io.flowfi.limit.NoSlotException;
import io.flowfi.limit.RateSettings;
import io.flowfi.limit.Rates;
import io.flowfi.limit.Rejections;
import io.flowfi.limit.Slots;
import io.flowfi.sse.TestKeyStore;
import io.flowfi.time.Clocks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccessFiguresTest {
  /** Of no key that the issuer has. */
  private static final String UNKNOWN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJHIn0.c2ln";

  @TempDir private Path directory;
  private final Rejections rejections = new Rejections();

  private static Authentication authentication(Optional<URI> keySet) {
    Clocks clock = Clocks.system();
    return new Authentication(
        new AuthSettings(
            Optional.empty(),
            Optional.empty(),
            keySet,
            Optional.empty(),
            Optional.empty(),
            Set.of(),
            Optional.empty()),
        new LocalTickets(clock),
        ChallengeSeal.ofThisProcess(clock::nanos),
        new LocalSpentChallenges(clock::nanos),
        Optional.empty(),
        Optional.empty(),
        clock);
  }

  private Map<String, Double> read(Authentication authentication) {
    return PrometheusText.values(readings -> new AccessFigures(authentication, rejections));
  }

  /** Alerts look at both: the issuer's certificate is somebody else's, and nobody sees it here. */
  @Test
  void shouldTellHowOldTheKeysOfTheIssuerAreAndWhenItsCertificateExpires() throws Exception {
    KeyStore keys =
        KeyStore.getInstance(
            TestKeyStore.in(directory).toFile(), TestKeyStore.PASSWORD.toCharArray());
    HttpsServer issuer = issuer(keys);
    SSLSocketFactory usual = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(trusting(keys).getSocketFactory());
    URI address = URI.create("https://localhost:" + issuer.getAddress().getPort() + "/jwks.json");
    try (Authentication authentication = authentication(Optional.of(address))) {
      assertThat(read(authentication))
          .containsEntry("flowfi_issuer_keys_failing", 0.0)
          .doesNotContainKeys(
              "flowfi_issuer_keys_age_seconds",
              "flowfi_issuer_certificate_expiry_timestamp_seconds");
      long begun = System.nanoTime();
      assertThatThrownBy(() -> authentication.byToken(UNKNOWN, false))
          .isInstanceOf(AuthException.Invalid.class);
      Map<String, Double> read = read(authentication);
      X509Certificate certificate = (X509Certificate) keys.getCertificate("server");
      assertThat(read)
          .containsEntry("flowfi_issuer_keys_failing", 0.0)
          .containsEntry("flowfi_token_checks_totalrejected", 1.0)
          .containsEntry("flowfi_token_checks_totalaccepted", 0.0)
          .containsEntry(
              "flowfi_issuer_certificate_expiry_timestamp_seconds",
              (double) certificate.getNotAfter().toInstant().getEpochSecond());
      assertThat(read.get("flowfi_issuer_keys_age_seconds"))
          .isBetween(0.0, (System.nanoTime() - begun) / 1e9);
    } finally {
      HttpsURLConnection.setDefaultSSLSocketFactory(usual);
      issuer.stop(0);
    }
  }

  private static HttpsServer issuer(KeyStore keys) throws Exception {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, TestKeyStore.PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    byte[] published =
        new JWKSet(new ECKeyGenerator(Curve.P_256).keyID("a").generate())
            .toString(true)
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/jwks.json",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("Content-Type", "application/jwk-set+json");
            exchange.sendResponseHeaders(200, published.length);
            exchange.getResponseBody().write(published);
          }
        });
    server.start();
    return server;
  }

  private static SSLContext trusting(KeyStore keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  @Test
  void shouldCountWhatEachLimitHasKeptAway() {
    Rates rates = rejections.counting(Rates.local(new RateSettings(true, 5, 4, 3, 2), () -> 1));
    Slots slots = rejections.counting(new LocalSlots(new ConnectionSettings(4, 2, 1)));
    for (int i = 0; i < 6; i++) {
      rates.requests().take("192.0.2.1");
      rates.connects().take("192.0.2.1");
      rates.commands().take("192.0.2.1");
      rates.authFailures().take("192.0.2.1");
      open(slots, "192.0.2." + i, "the same");
    }
    open(slots, "192.0.2.1", "another");
    open(slots, "192.0.2.1", "a third");
    open(slots, "192.0.2.1", "a fourth");
    for (int i = 0; i < 7; i++) {
      open(slots, "192.0.2.7", "a fifth");
    }
    try (Authentication open = authentication(Optional.empty())) {
      assertThat(read(open))
          .containsEntry("flowfi_limit_rejections_totalrequests", 1.0)
          .containsEntry("flowfi_limit_rejections_totalconnects", 2.0)
          .containsEntry("flowfi_limit_rejections_totalcommands", 3.0)
          .containsEntry("flowfi_limit_rejections_totalauth_failures", 4.0)
          .containsEntry("flowfi_limit_rejections_totalconnections_user", 5.0)
          .containsEntry("flowfi_limit_rejections_totalconnections_address", 1.0)
          .containsEntry("flowfi_limit_rejections_totalconnections_total", 6.0)
          .doesNotContainKey("flowfi_token_checks_totalaccepted");
    }
  }

  private static void open(Slots slots, String network, String user) {
    try {
      slots.take(network, Optional.of(user));
    } catch (NoSlotException full) {
      assertThat(full).as("kept away").isNotNull();
    }
  }
}
