package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests open mode answers; {@link OpenModeFilterTest} tests the peer's address. */
@Timeout(60)
class OpenModeTest {
  private static EdgeServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new EdgeServer(new OpenModeFilter(OriginSettings.parse("https://app.example.com")));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:#",
        "127.0.0.1",
        "127.0.0.1:#",
        "127.255.0.9",
        "[::1]",
        "[::1]:#"
      })
  void shouldAnswerToTheNamesOfThisMachine(String host) throws Exception {
    String here = host.replace("#", Integer.toString(server.port()));
    assertThat(server.status("GET /", "Host: " + here)).isEqualTo(200);
  }

  /** {@code ssh -L 8080:localhost:3001}, a forwarded port of a container, a development proxy. */
  @ParameterizedTest
  @ValueSource(strings = {"localhost:8080", "127.0.0.1:1", "[::1]:80", "localhost:443"})
  void shouldRefuseWhatWasMeantForAnotherPort(String host) throws Exception {
    try (RawClient client = server.send("GET /", "Host: " + host)) {
      assertThat(client.status()).isEqualTo(403);
      assertThat(client.rest()).contains("another port", "-Psecured");
    }
  }

  /** The version that nginx uses to its upstreams by default. */
  @Test
  void shouldRefuseHttp10() throws Exception {
    try (RawClient client =
        RawClient.exchange(server.port(), "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")) {
      assertThat(client.status()).isEqualTo(403);
      assertThat(client.rest()).contains("HTTP/1.0", "-Psecured");
    }
    try (RawClient client = RawClient.exchange(server.port(), "GET / HTTP/1.0\r\n\r\n")) {
      assertThat(client.status()).isEqualTo(403);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebound.example",
        "localhost.example:3001",
        "127.0.0.1.example",
        "127.1",
        "127.0.0.1.1",
        "127.0.0.256",
        "128.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "[::2]",
        "[::ffff:10.0.0.1]"
      })
  void shouldRefuseNamesThatANameServerCouldPointHere(String host) throws Exception {
    assertThat(server.status("GET /", "Host: " + host)).isIn(400, 403);
    assertThat(server.status("POST /", "Host: " + host)).isIn(400, 403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Forwarded: for=192.0.2.1",
        "X-Forwarded-For: 127.0.0.1",
        "x-forwarded-host: localhost",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Something: new",
        "X-Real-IP: 127.0.0.1",
        "Via: 1.1 proxy",
        "True-Client-IP: 127.0.0.1",
        "X-Envoy-External-Address: 192.0.2.1",
        "x-envoy-internal: true",
        "CDN-Loop: cdn.example",
        "Fly-Client-IP: 192.0.2.1",
        "Fastly-Client-IP: 192.0.2.1",
        "X-Azure-ClientIP: 192.0.2.1",
        "X-Amzn-Trace-Id: Root=1-x",
        "X-Original-Host: events.example.com",
        "X-Original-URL: /",
        "X-Rewrite-URL: /",
        "X-Scheme: https",
        "Front-End-Https: on",
        "X-Request-Start: t=1",
        "Forwarded-For: 192.0.2.1",
        "CF-Ray: x",
        "CloudFront-Viewer-Address: 192.0.2.1:1",
        "X-ARR-LOG-ID: x",
        "Tailscale-User-Login: a@example.com",
        "X-Real-Port: 1",
        "WL-Proxy-Client-IP: 192.0.2.1",
        "X-SSL-Client-Verify: NONE",
        "Max-Forwards: 10",
        "Proxy-Connection: keep-alive",
        "Proxy-Client-IP: 192.0.2.1",
        "True-Client-Port: 1",
        "Client-IP: 192.0.2.1",
        "X-Client-IP: 192.0.2.1",
        "X-Cluster-Client-IP: 192.0.2.1",
        "X-Coming-From: 192.0.2.1",
        "X-Remote-Addr: 192.0.2.1",
        "X-Remote-IP: 192.0.2.1",
        "Ali-CDN-Real-IP: 192.0.2.1",
        "Incap-Client-IP: 192.0.2.1",
        "X-Host: events.example.com",
        "X-HTTP-Host-Override: events.example.com",
        "X-URL-Scheme: https",
        "X-HTTPS: on",
        "X-Queue-Start: t=1",
        "X-Cloud-Trace-Context: 1/2",
        "X-Varnish: 3",
        "X-ProxyUser-IP: 192.0.2.1",
        "X-Amz-Cf-Id: x",
        "X-AppEngine-Country: XX",
        "X-Vercel-Id: x",
        "X-NF-Request-ID: x",
        "X-Akamai-Edgescape: x",
        "X-Sucuri-ClientIP: 192.0.2.1",
        "X-Client-Cert: x",
        "Akamai-Origin-Hop: 1",
        "Ngrok-Auth-User-Email: a@example.com",
        "SSL-Client-Cert: x"
      })
  void shouldRefuseWhatAProxyPassesOn(String header) throws Exception {
    try (RawClient client = server.send("GET /", header)) {
      assertThat(client.status()).isEqualTo(403);
      assertThat(client.headers()).containsEntry("content-type", "application/problem+json");
      assertThat(client.rest()).contains("open mode", "proxy");
    }
  }

  /** The promise that cannot be kept is withdrawn wherever the mode is described. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/security.md",
        "docs/authentication.md",
        "webapp/index.html",
        "webapp/test-client.html",
        "webapp/admin/index.html",
        "webapp/docs/index.html"
      })
  void shouldSayWhatItCannotRecognise(String file) throws Exception {
    assertThat(Files.readString(Path.of(file)).replaceAll("\\s+", " ").toLowerCase(Locale.ROOT))
        .contains("open mode", "no proxy and no tunnel", "mvn -psecured");
  }

  /** Headers that browsers, programs and their tracing send. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "X-Request-ID: 7",
        "X-Requested-With: XMLHttpRequest",
        "X-Client-Name: wallet",
        "Sec-Fetch-Site: same-origin",
        "X-Originator: a-program"
      })
  void shouldNotTakeAProgramForAProxy(String header) throws Exception {
    assertThat(server.status("GET /", header)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:8000",
        "http://127.0.0.1",
        "https://[::1]:9",
        "https://app.example.com"
      })
  void shouldAnswerPagesOfThisMachineAndListedOnes(String origin) throws Exception {
    assertThat(server.status("GET /", "Origin: " + origin)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil"
      })
  void shouldRefuseOtherPagesEvenToRead(String origin) throws Exception {
    assertThat(server.status("GET /", "Origin: " + origin)).isEqualTo(403);
  }

  @Test
  void shouldNotTrustANameInTheRequestLine() throws Exception {
    assertThat(server.status("GET http://rebound.example/", "Host: rebound.example"))
        .isEqualTo(403);
    assertThat(server.status("GET http://rebound.example/", "Host: localhost")).isIn(400, 403);
  }
}
