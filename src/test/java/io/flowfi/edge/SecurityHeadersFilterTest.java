package io.flowfi.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.RawClient;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SecurityHeadersFilterTest {
  @ParameterizedTest
  @ValueSource(strings = {"GET /", "POST /", "GET /status/404", "GET /fail"})
  void shouldBeOnEveryAnswer(String request) throws Exception {
    try (EdgeServer server = new EdgeServer(new SecurityHeadersFilter());
        RawClient client = server.send(request)) {
      assertThat(client.headers())
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("x-frame-options", "DENY")
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("cross-origin-opener-policy", "same-origin")
          .containsEntry("cross-origin-resource-policy", "same-origin")
          .containsKey("permissions-policy")
          .doesNotContainKey("strict-transport-security")
          .doesNotContainKey("server");
      assertThat(client.headers().get("content-security-policy"))
          .contains("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
          .doesNotContain("unsafe");
    }
  }
}
