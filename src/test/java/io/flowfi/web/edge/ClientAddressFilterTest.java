package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.logs.LoggedLines;
import io.flowfi.sse.RawClient;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ClientAddressFilterTest {
  private static String seen(String trusted, String... headers) throws Exception {
    ProxySettings proxies = trusted.isEmpty() ? ProxySettings.NONE : ProxySettings.parse(trusted);
    try (EdgeServer server =
            new EdgeServer(new ClientAddressFilter(proxies), new SecurityHeadersFilter());
        RawClient client = server.send("GET /", headers)) {
      return client.rest() + "|" + client.headers().containsKey("strict-transport-security");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        // no proxy is trusted, or not this one: the client's own header is ignored
        "'' ; 203.0.113.9 ; 127.0.0.1 ; 127.0.0.1",
        "10.0.0.0/8 ; 203.0.113.9 ; 127.0.0.1 ; 127.0.0.1",
        // the rightmost address that is not one of our proxies
        "127.0.0.0/8 ; 203.0.113.9 ; 203.0.113.9 ; 203.0.113.9",
        "127.0.0.0/8 ; 198.51.100.1, 203.0.113.9 ; 203.0.113.9 ; 203.0.113.9",
        "127.0.0.0/8, 10.0.0.0/8 ; 198.51.100.1, 203.0.113.9, 10.1.2.3 ; 203.0.113.9 ; 203.0.113.9",
        "127.0.0.1 ; 203.0.113.9:4711 ; 203.0.113.9 ; 203.0.113.9",
        // all proxies: the outermost of them
        "127.0.0.0/8, 10.0.0.0/8 ; 10.9.9.9, 10.1.2.3 ; 10.9.9.9 ; 10.9.9.9",
        // IPv6 counts by its /64, IPv4 in IPv6 as IPv4
        "127.0.0.0/8 ; 2001:db8:1:2:3:4:5:6 ; 2001:db8:1:2:3:4:5:6 ; 2001:db8:1:2::/64",
        "127.0.0.0/8 ; [2001:DB8:1:2::1]:443 ; 2001:db8:1:2::1 ; 2001:db8:1:2::/64",
        "127.0.0.0/8, 2001:db8:f::/48 ; 2001:db8:1::1, 2001:db8:f:1::1 ; 2001:db8:1::1 ; 2001:db8:1::/64",
        "127.0.0.0/8 ; ::ffff:203.0.113.9 ; 203.0.113.9 ; 203.0.113.9",
        // no address: only the proxy is known
        "127.0.0.0/8 ; unknown ; 127.0.0.1 ; 127.0.0.1",
        "127.0.0.0/8 ; 203.0.113.9, ; 127.0.0.1 ; 127.0.0.1",
        "127.0.0.0/8 ; 203.0.113.9, 203.* ; 127.0.0.1 ; 127.0.0.1",
        "127.0.0.0/8 ; 203.0.113.0/24 ; 127.0.0.1 ; 127.0.0.1",
        "127.0.0.0/8 ; 3405803785 ; 127.0.0.1 ; 127.0.0.1",
        "127.0.0.0/8 ; 0xcb.0.0x71.9 ; 127.0.0.1 ; 127.0.0.1",
        "127.0.0.0/8 ; '' ; 127.0.0.1 ; 127.0.0.1"
      })
  void shouldBelieveOnlyTrustedProxiesAndOnlyTheirPart(
      String trusted, String forwardedFor, String address, String network) throws Exception {
    assertThat(seen(trusted, "X-Forwarded-For: " + forwardedFor))
        .isEqualTo(address + "|" + address + "|" + network + "|http|false|0|false");
  }

  @Test
  void shouldWarnOfAProxyThatDoesNotSetTheHeader() throws Exception {
    try (LoggedLines log = LoggedLines.of(ForwardingDoubts.class);
        EdgeServer server =
            new EdgeServer(new ClientAddressFilter(ProxySettings.parse("127.0.0.1")))) {
      send(server, "GET /", "X-Forwarded-For: 203.0.113.9");
      send(server, "GET /", "X-Forwarded-For: unknown, 203.0.113.9");
      send(server, "GET /health/ready");
      assertThat(log.lines()).isEmpty();
      send(server, "GET /");
      assertThat(log.lines()).singleElement().asString().contains("without X-Forwarded-For");
    }
  }

  @ParameterizedTest
  @CsvSource({"'203.0.113.9, unknown', ''", "203.0.113.9, '10.1.2.3, 0.0.0.0'"})
  void shouldWarnOfAHeaderWhoseEndNoProxyCanHaveWritten(String first, String second)
      throws Exception {
    try (LoggedLines log = LoggedLines.of(ForwardingDoubts.class);
        EdgeServer server =
            new EdgeServer(new ClientAddressFilter(ProxySettings.parse("127.0.0.1, 10.0.0.0/8")))) {
      String[] headers =
          Stream.of(first, second)
              .filter(line -> !line.isEmpty())
              .map(line -> "X-Forwarded-For: " + line)
              .toArray(String[]::new);
      send(server, "GET /", headers);
      send(server, "GET /", headers);
      assertThat(log.lines()).singleElement().asString().contains("127.0.0.1", "does not end with");
    }
  }

  private static void send(EdgeServer server, String request, String... headers) throws Exception {
    try (RawClient client = server.send(request, headers)) {
      assertThat(client.rest()).contains("|");
    }
  }

  @Test
  void shouldReadSeveralHeadersAsOneList() throws Exception {
    assertThat(
            seen(
                "127.0.0.0/8, 10.0.0.0/8",
                "X-Forwarded-For: 198.51.100.1",
                "X-Forwarded-For: 203.0.113.9, 10.0.0.1"))
        .startsWith("203.0.113.9|");
  }

  @Test
  void shouldTakeTheSchemeFromATrustedProxyAndThenAskForTlsForAYear() throws Exception {
    assertThat(seen("127.0.0.0/8", "X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"))
        .endsWith("|https|true|0|true");
    assertThat(seen("127.0.0.0/8", "X-Forwarded-Proto: https, http"))
        .endsWith("|http|false|0|false");
    assertThat(seen("10.0.0.0/8", "X-Forwarded-Proto: https")).endsWith("|http|false|0|false");
  }

  /** httpd puts the upstream's name into Host, unless told otherwise. */
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, https://events.example.com, events.example.com, 200",
    "127.0.0.1, https://events.example.com, 'evil.example, events.example.com:443', 200",
    "127.0.0.1, https://evil.example, 'evil.example, events.example.com', 403",
    "127.0.0.1, https://evil.example, '', 403",
    // headers of untrusted peers are ignored
    "10.0.0.1, https://events.example.com, events.example.com, 403"
  })
  void shouldTakeTheNameThatWasAskedForFromATrustedProxy(
      String trusted, String origin, String forwardedHost, int status) throws Exception {
    try (EdgeServer server =
        new EdgeServer(
            new ClientAddressFilter(ProxySettings.parse(trusted)),
            new CrossSiteFilter(OriginSettings.NONE, new WalletLogin(false)))) {
      assertThat(
              server.status(
                  "POST /",
                  "Host: upstream:3001",
                  "Origin: " + origin,
                  "X-Forwarded-Host: " + forwardedHost))
          .isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0/8,",
        "0.0.0.0/0",
        "::/0",
        "*",
        "10.*",
        "10.0.0.1-5",
        "10.0.0.1/8",
        "proxy",
        "10.0.0.0/33",
        "10/8",
        "10.0.0.0/255.0.0.0"
      })
  void shouldRefuseRangesThatAreNoneOrEverybody(String text) {
    assertThatThrownBy(() -> ProxySettings.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
