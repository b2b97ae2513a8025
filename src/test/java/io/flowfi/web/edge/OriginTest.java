package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.sse.RawClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins can and cannot do. */
@Timeout(60)
class OriginTest {
  private static final String SESSION = "Cookie: theme=dark; __Host-flowfi=secret";
  private static EdgeServer server;

  @BeforeAll
  static void start() throws Exception {
    OriginSettings origins = OriginSettings.parse("https://app.example.com, http://localhost:5173");
    WalletLogin login = new WalletLogin(true);
    server = new EdgeServer(new CorsFilter(origins, login), new CrossSiteFilter(origins, login));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /", "POST /", "GET /status/404", "GET /fail", "POST /status/401"})
  void shouldLetListedOriginsReadEveryAnswer(String request) throws Exception {
    try (RawClient client = server.send(request, "Origin: https://app.example.com")) {
      assertThat(client.headers())
          .containsEntry("access-control-allow-origin", "https://app.example.com")
          .containsEntry("access-control-allow-credentials", "true")
          .containsEntry("vary", "Origin");
      assertThat(client.headers().get("access-control-expose-headers"))
          .contains(
              "Date", "ETag", "Location", "X-Request-ID", "Retry-After", "Idempotency-Replayed")
          .contains("Log-Head", "Log-Oldest");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://APP.example.com",
        "https://xapp.example.com",
        "*"
      })
  void shouldTellNobodyElse(String origin) throws Exception {
    try (RawClient client = server.send("GET /", "Origin: " + origin)) {
      assertThat(client.headers())
          .doesNotContainKey("access-control-allow-origin")
          .doesNotContainKey("access-control-allow-credentials")
          .containsEntry("vary", "Origin");
    }
    try (RawClient client = server.send("GET /")) {
      assertThat(client.headers())
          .doesNotContainKey("access-control-allow-origin")
          .containsEntry("vary", "Origin");
    }
    assertThat(
            server.status("OPTIONS /", "Origin: " + origin, "Access-Control-Request-Method: POST"))
        .isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      nullValues = "none",
      value = {
        "authorization,content-type ; authorization,content-type",
        // Sentry, OpenTelemetry, wallet SDKs: no list of such headers can be complete
        "baggage, sentry-trace, traceparent ; baggage, sentry-trace, traceparent",
        "x-client-name,x-client-version ; x-client-name,x-client-version",
        // what clients of event streams add
        "accept-language,cache-control,last-event-id,x-requested-with ; accept-language,cache-control,last-event-id,x-requested-with",
        "tracestate ; tracestate",
        "none ; Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID, X-Sandbox-Mode",
        "a b ; Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID, X-Sandbox-Mode",
        "a,,b ; Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID, X-Sandbox-Mode"
      })
  void shouldAnswerPreflightsOfListedOriginsWithWhatTheyAskFor(String asked, String allowed)
      throws Exception {
    String[] headers = {
      "Origin: http://localhost:5173",
      "Access-Control-Request-Method: POST",
      asked == null ? "X: y" : "Access-Control-Request-Headers: " + asked
    };
    try (RawClient client = server.send("OPTIONS /v1/streams", headers)) {
      assertThat(client.status()).isEqualTo(204);
      assertThat(client.headers())
          .containsEntry("access-control-allow-origin", "http://localhost:5173")
          .containsEntry("access-control-allow-headers", allowed);
      // the console on another origin, such as a developer's, sends each of these
      assertThat(client.headers().get("access-control-allow-methods").split(", "))
          .contains("GET", "HEAD", "POST", "PUT", "DELETE");
      assertThat(client.headers()).containsEntry("access-control-max-age", "3600");
    }
  }

  @Test
  void shouldNotRepeatAListOfHeadersThatNoBrowserSends() throws Exception {
    String endless = "a" + ",a".repeat(1200);
    try (RawClient client =
        server.send(
            "OPTIONS /v1/streams",
            "Origin: http://localhost:5173",
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: " + endless)) {
      assertThat(client.headers().get("access-control-allow-headers")).startsWith("Authorization");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /v1/auth", "POST /v1/auth", "GET /auth?account=G", "POST /auth"})
  void shouldLetPagesOfEveryOriginLogInWithoutTheirCredentials(String request) throws Exception {
    String wallet = "Origin: https://wallet.example";
    try (RawClient client = server.send(request, wallet, "Sec-Fetch-Site: cross-site")) {
      assertThat(client.status()).isNotEqualTo(403);
      assertThat(client.headers())
          .containsEntry("access-control-allow-origin", "*")
          .doesNotContainKey("access-control-allow-credentials")
          .containsEntry("vary", "Origin");
    }
    String method = "Access-Control-Request-Method: " + request.split(" ")[0];
    // what the wallet SDKs of the Stellar foundation send with their requests
    String headers = "authorization,content-type,x-client-name,x-client-version";
    try (RawClient client =
        server.send(
            "OPTIONS " + request.split(" ")[1],
            wallet,
            method,
            "Access-Control-Request-Headers: " + headers)) {
      assertThat(client.status()).isEqualTo(204);
      assertThat(client.headers())
          .containsEntry("access-control-allow-origin", "*")
          .containsEntry("access-control-allow-methods", "GET, POST")
          .containsEntry("access-control-allow-headers", headers)
          .doesNotContainKey("access-control-allow-credentials");
    }
    try (RawClient client = server.send(request, "Origin: null")) {
      assertThat(client.headers()).doesNotContainKey("access-control-allow-origin");
    }
    // listed origins keep their rights
    try (RawClient client = server.send(request, "Origin: https://app.example.com")) {
      assertThat(client.headers())
          .containsEntry("access-control-allow-origin", "https://app.example.com");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE /v1/auth",
        "POST /v1/auth/ticket",
        "GET /v1/auth/session",
        "POST /v1/auth;x",
        "POST /v1/auth/",
        "PUT /auth"
      })
  void shouldOpenNothingElseOfTheLoginToThem(String request) throws Exception {
    String method = request.split(" ")[0];
    try (RawClient client = server.send(request, "Origin: https://wallet.example")) {
      assertThat(client.headers()).doesNotContainKey("access-control-allow-origin");
      assertThat(client.status() == 403).isEqualTo(!method.equals("GET"));
    }
    assertThat(
            server.status(
                "OPTIONS " + request.split(" ")[1],
                "Origin: https://wallet.example",
                "Access-Control-Request-Method: " + method))
        .isEqualTo(403);
    assertThat(
            server.status("OPTIONS /v1/auth", "Origin: null", "Access-Control-Request-Method: GET"))
        .isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // a page of another origin, with any credentials of the user
        "POST ; Origin: https://evil.example ; x: y ; 403",
        "POST ; Origin: https://evil.example ; Authorization: Bearer x ; 403",
        "DELETE ; Origin: https://evil.example ; x: y ; 403",
        "PUT ; Origin: null ; x: y ; 403",
        "POST ; Origin: https://localhost.evil.example ; x: y ; 403",
        "POST ; Origin: http://localhost:99 ; x: y ; 403",
        "POST ; Sec-Fetch-Site: cross-site ; x: y ; 403",
        "POST ; Sec-Fetch-Site: same-site ; x: y ; 403",
        "POST ; Sec-Fetch-Site: cross-site ; Origin: https://evil.example ; 403",
        // the session cookie alone proves nothing
        "POST ; Cookie: a=b ; Cookie: __Host-flowfi=secret ; 403",
        "POST ; Cookie: __Host-flowfi=secret ; Origin: https://evil.example ; 403",
        // nor does it together with a proxy's password
        "POST ; Cookie: __Host-flowfi=secret ; Authorization: Basic dXNlcjpwdw== ; 403",
        "POST ; Cookie: __Host-flowfi=secret ; authorization: negotiate YII ; 403",
        // ours, listed, or not a browser
        "POST ; Cookie: __Host-flowfi=secret ; Origin: http://localhost ; 200",
        "POST ; Cookie: __Host-flowfi=secret ; Sec-Fetch-Site: same-origin ; 200",
        "POST ; Cookie: __Host-flowfi=secret ; Origin: https://app.example.com ; 200",
        "POST ; Cookie: __Host-flowfi=secret ; Authorization: Bearer x ; 200",
        "POST ; Sec-Fetch-Site: cross-site ; Origin: https://app.example.com ; 200",
        "POST ; Sec-Fetch-Site: none ; x: y ; 200",
        "POST ; Cookie: theme=dark ; x: y ; 200",
        "POST ; x: y ; x: z ; 200",
        // CORS controls reading
        "GET ; Cookie: __Host-flowfi=secret ; Origin: https://evil.example ; 200",
        "HEAD ; Sec-Fetch-Site: cross-site ; x: y ; 200"
      })
  void shouldRefuseChangesThatForeignPagesAskFor(
      String method, String first, String second, int status) throws Exception {
    assertThat(server.status(method + " /", first, second)).isEqualTo(status);
  }

  /** Some proxies write the default port, browsers do not (RFC 6454, 4 and 5). */
  @ParameterizedTest
  @CsvSource({
    "https://events.example.com, events.example.com:443, 200",
    "https://events.example.com, EVENTS.example.com, 200",
    "http://events.example.com, events.example.com:80, 200",
    "https://[::1], [::1]:443, 200",
    "http://events.example.com, events.example.com:443, 403",
    "https://events.example.com, events.example.com:80, 403",
    "https://events.example.com, events.example.com:4430, 403",
    "https://events.example.com:8443, events.example.com, 403",
    "https://evil.example, evil.example.com:443, 403",
    "capacitor://localhost, localhost:443, 403"
  })
  void shouldKnowItsOwnOriginByHostAndPort(String origin, String host, int status)
      throws Exception {
    assertThat(server.status("POST /", "Origin: " + origin, "Host: " + host)).isEqualTo(status);
  }

  @Test
  void shouldNameWhatItComparedWhenItRefuses() throws Exception {
    try (RawClient client =
        server.send("POST /", "Origin: http://lan.example:8080", "Host: upstream.example:3001")) {
      assertThat(client.status()).isEqualTo(403);
      assertThat(client.rest())
          .contains(
              "Origin 'http://lan.example:8080', Host 'upstream.example:3001', no Sec-Fetch-Site",
              "a proxy must pass Host on as it came, or send it as X-Forwarded-Host"
                  + " and be in TRUSTED_PROXIES");
    }
    try (RawClient client =
        server.send("POST /", "Origin: https://" + "x".repeat(300), "Sec-Fetch-Site: \"<b>")) {
      assertThat(client.rest()).contains("Sec-Fetch-Site '\\\"<b>'").doesNotContain("x".repeat(81));
    }
  }

  @Test
  void shouldTellAListedPageWhyItIsRefusedOtherwise() throws Exception {
    try (RawClient client = server.send("POST /", SESSION)) {
      assertThat(client.status()).isEqualTo(403);
      assertThat(client.headers()).containsEntry("content-type", "application/problem+json");
      assertThat(client.rest()).contains("CORS_ALLOWED_ORIGINS");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "null",
        "https://*.example.com",
        "app.example.com",
        "https://app.example.com/",
        "https://app.example.com:443",
        "http://app.example.com:80",
        "https://App.example.com",
        "ftp://app.example.com",
        "https://user@app.example.com",
        "https://a.example,",
        "file://",
        "wss://app.example.com",
        "capacitor://localhost/",
        "capacitor://user@localhost",
        "tauri://*",
        "Tauri://localhost",
        "moz-extension://",
        ""
      })
  void shouldRefuseToListWhatNoBrowserSends(String origins) {
    assertThatThrownBy(() -> OriginSettings.parse(origins))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldListOriginsAsBrowsersSendThem() {
    assertThatCode(
            () ->
                OriginSettings.parse(
                    "https://a.example, http://localhost:3000,http://[::1]:8080, http://127.0.0.1"))
        .doesNotThrowAnyException();
  }

  /** Web views and extensions have origins, too, and need to be listed like all others. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "capacitor://localhost",
        "ionic://localhost",
        "tauri://localhost",
        "https://tauri.localhost",
        "app://obsidian.md",
        "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn",
        "moz-extension://5d6a5b3e-1d2c-4f6b-9a7e-0c1b2a3d4e5f",
        "safari-web-extension://5D6A5B3E-1D2C-4F6B-9A7E-0C1B2A3D4E5F"
      })
  void shouldLetAppsIn(String origin) throws Exception {
    OriginSettings listed = OriginSettings.parse(origin);
    WalletLogin nobody = new WalletLogin(false);
    try (EdgeServer apps =
        new EdgeServer(new CorsFilter(listed, nobody), new CrossSiteFilter(listed, nobody))) {
      try (RawClient client =
          apps.send("POST /", "Origin: " + origin, "Sec-Fetch-Site: cross-site")) {
        assertThat(client.status()).isEqualTo(200);
        assertThat(client.headers()).containsEntry("access-control-allow-origin", origin);
      }
      assertThat(apps.status("POST /", "Origin: " + origin + "x")).isEqualTo(403);
    }
  }
}
