package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.TestTokens;
import io.flowfi.servers.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code docs/deploy/check.sh} finds what is right, and what is not. */
@Timeout(300)
class CheckIT {
  private static final String ADMIN = TestAddresses.account(1);
  private static final String ISSUER = "https://issuer.example.com";
  private static final String AUDIENCE = "flowfi";
  private static TomcatServer server;

  /** What the script said, and how it ended. */
  private record Report(String text, int code) {
    List<String> failed() {
      return text.lines()
          .filter(line -> line.startsWith("FAILED"))
          .map(line -> line.substring("FAILED".length()).strip())
          .toList();
    }
  }

  @BeforeAll
  static void start() {
    server =
        TomcatServer.start(
            Map.of(
                "JWT_SECRET",
                TestTokens.SECRET,
                "JWT_ISSUER",
                ISSUER,
                "JWT_AUDIENCE",
                AUDIENCE,
                "ADMIN_PUBLIC_KEY",
                ADMIN,
                "TRUSTED_PROXIES",
                "127.0.0.1",
                "RATE_LIMIT",
                "on",
                "EVENT_RETENTION",
                "90d",
                "AUDIT_RETENTION",
                "unlimited"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldFindAnInstallationInOrderButItsCertificate() throws Exception {
    Needed.need(DeployedProxy.Kind.NGINX.isInstalled(), "no nginx: check.sh is unchecked");
    createTwoEvents();
    try (DeployedProxy proxy = DeployedProxy.start(DeployedProxy.Kind.NGINX, server.port())) {
      Report report = check("https://events.example.com", token(ADMIN), proxy.curlOptions());
      assertThat(report.failed())
          .as(report.text())
          .containsExactly("the certificate is valid for three weeks more"); // for two days
      assertThat(report.text()).contains("\n1 failed, 0 could not be proven, 1 left out");
      assertThat(report.code()).isEqualTo(1);
    }
  }

  @Test
  void shouldFindWhatIsWrong() throws Exception {
    Report report = check(server.uri().toString(), token(TestAddresses.account(2)), "--noproxy *");
    assertThat(report.failed())
        .contains("the pages are served over TLS", "the token is an administrator's");
    // only an administrator sees the list of connections, and the settings
    assertThat(report.text())
        .contains(
            "UNKNOWN nobody chooses the address that counts as his",
            "UNKNOWN iss and aud of tokens are checked",
            "UNKNOWN administrators by account are few, 5 at most",
            "UNKNOWN rates are limited",
            "UNKNOWN how long events are kept is decided");
    assertThat(report.text()).contains("ok      authentication is on");
    assertThat(report.code()).isEqualTo(1);
  }

  /** So that there is one whose age can be looked at beside the newest. */
  private static void createTwoEvents() {
    for (int i = 0; i < 2; i++) {
      HttpApi.Answer created =
          server
              .api()
              .post(
                  "v1/streams",
                  HttpApi.newStream(TestAddresses.account(2), TestAddresses.account(3)),
                  "Authorization",
                  "Bearer " + token(ADMIN));
      assertThat(created.status()).as(created.body()).isEqualTo(201);
    }
  }

  private static String token(String account) {
    return TestTokens.hs256(
        TestTokens.SECRET,
        TestTokens.claims(account, Instant.now().plusSeconds(600))
            .issuer(ISSUER)
            .audience(AUDIENCE)
            .build());
  }

  private static Report check(String url, String token, String curlOptions)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "docs/deploy/check.sh", url).redirectErrorStream(true);
    builder.environment().putAll(Map.of("TOKEN", token, "CURL_OPTIONS", curlOptions));
    Process script = builder.start();
    String text = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Report(text, script.waitFor());
  }
}
