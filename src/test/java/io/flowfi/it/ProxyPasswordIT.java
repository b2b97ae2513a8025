package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.TestTokens;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy that asks for a password of its own, in front of a server that counts failed logins. */
@Timeout(180)
class ProxyPasswordIT {
  private static final int FAILURES = 5;
  private static final String[] PASSWORD = {"Authorization", "Basic dXNlcjpwdw=="};

  @Test
  void shouldCountOnlyCredentialsOfItsOwnAsFailedLogins() {
    Map<String, String> variables =
        Map.of(
            "JWT_SECRET",
            TestTokens.SECRET,
            "RATE_LIMIT",
            "on",
            "RATE_LIMIT_AUTH_FAILURES",
            Integer.toString(FAILURES));
    try (TomcatServer server = TomcatServer.start(variables)) {
      HttpApi api = server.api();
      String token = TestTokens.token(TestAddresses.account(1), Instant.now().plusSeconds(600));
      for (int i = 0; i < 2 * FAILURES; i++) {
        assertThat(
                api.get(
                        "v1/events/stats",
                        PASSWORD[0],
                        PASSWORD[1],
                        "Cookie",
                        "__Host-flowfi=" + token)
                    .status())
            .isEqualTo(200);
        assertThat(api.get("v1/events/stats", PASSWORD).status()).isEqualTo(401);
        assertThat(api.get("v1/events/stats").status()).isEqualTo(401);
      }
      String[] bad = {"Authorization", "Bearer " + token + "x"};
      for (int i = 0; i < FAILURES; i++) {
        assertThat(api.get("v1/events/stats", bad).status()).isEqualTo(401);
      }
      assertThat(api.get("v1/events/stats", bad).status()).isEqualTo(429);
    }
  }
}
