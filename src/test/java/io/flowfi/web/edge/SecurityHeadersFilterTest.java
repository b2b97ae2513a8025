package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.RawClient;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SecurityHeadersFilterTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"GET /", "GET /a.html", "GET /v1/streams", "GET /status/404", "GET /fail"})
  void shouldBeOnEveryAnswer(String request) throws Exception {
    try (EdgeServer server = new EdgeServer(new SecurityHeadersFilter());
        RawClient client = server.send(request)) {
      assertThat(client.headers())
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("x-frame-options", "DENY")
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("cross-origin-resource-policy", "same-origin")
          .doesNotContainKey("strict-transport-security")
          .doesNotContainKey("server");
      assertThat(client.headers().get("content-security-policy"))
          .contains("default-src ", "frame-ancestors 'none'")
          .doesNotContain("unsafe");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /",
        "GET /test-client.html",
        "GET /start/start.js",
        "GET /shared",
        "GET /%73hared/x",
        "GET /docs/",
        "GET /admin/",
        "GET /admin/x/y.js"
      })
  void shouldLetPagesUseTheirOwnFilesAndNothingElse(String request) throws Exception {
    try (EdgeServer server = new EdgeServer(new SecurityHeadersFilter());
        RawClient client = server.send(request)) {
      assertThat(client.headers())
          .containsEntry("cross-origin-opener-policy", "same-origin")
          .containsKey("permissions-policy");
      assertThat(client.headers().get("content-security-policy"))
          .contains("default-src 'self'", "base-uri 'none'", "object-src 'none'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /v1/streams",
        "POST /v1/streams/1/top-up",
        "GET /v1/x.html",
        "GET /health",
        "GET /sharedx",
        "GET /status/404"
      })
  void shouldLetDataDoNothing(String request) throws Exception {
    try (EdgeServer server = new EdgeServer(new SecurityHeadersFilter());
        RawClient client = server.send(request)) {
      assertThat(client.headers())
          .containsEntry("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
          .doesNotContainKeys("permissions-policy", "cross-origin-opener-policy");
    }
  }
}
