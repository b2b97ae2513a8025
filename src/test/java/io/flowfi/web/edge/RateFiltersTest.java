package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.Caller;
import io.flowfi.limit.RateSettings;
import io.flowfi.limit.Rates;
import io.flowfi.payment.Address;
import io.flowfi.sse.RawClient;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RateFiltersTest {
  private static final ClientAddressFilter ADDRESSES =
      new ClientAddressFilter(ProxySettings.parse("127.0.0.1"));

  private static String from(String address) {
    return "X-Forwarded-For: " + address;
  }

  private static Rates rates(int requests, int commands, int authFailures) {
    return Rates.local(new RateSettings(true, requests, 1, commands, authFailures), () -> 1);
  }

  private static void assertLimited(RawClient client) throws IOException {
    try (client) {
      assertThat(client.status()).isEqualTo(429);
      assertThat(Integer.parseInt(client.headers().get("retry-after"))).isBetween(1, 60);
      assertThat(client.headers()).containsEntry("content-type", "application/problem+json");
    }
  }

  @Test
  void shouldLimitRequestsByAddress() throws Exception {
    Rates rates = rates(3, 1, 100);
    try (EdgeServer server = new EdgeServer(ADDRESSES, new AddressRateFilter(rates))) {
      for (int i = 0; i < 3; i++) {
        assertThat(server.status("GET /", from("203.0.113.1"))).isEqualTo(200);
      }
      assertLimited(server.send("GET /", from("203.0.113.1")));
      assertThat(server.status("GET /", from("203.0.113.2"))).isEqualTo(200);
    }
  }

  @Test
  void shouldCountAnIpv6NetworkAsOne() throws Exception {
    Rates rates = rates(2, 1, 100);
    try (EdgeServer server = new EdgeServer(ADDRESSES, new AddressRateFilter(rates))) {
      assertThat(server.status("GET /", from("2001:db8::1"))).isEqualTo(200);
      assertThat(server.status("GET /", from("2001:db8::2:2"))).isEqualTo(200);
      assertLimited(server.send("GET /", from("2001:db8::dead:beef")));
      assertThat(server.status("GET /", from("2001:db8:0:1::1"))).isEqualTo(200);
    }
  }

  @Test
  void shouldLimitFailedLoginsByAddressAndNothingElse() throws Exception {
    Rates rates = rates(100, 1, 2);
    try (EdgeServer server = new EdgeServer(ADDRESSES, new AddressRateFilter(rates))) {
      for (int i = 0; i < 5; i++) {
        assertThat(server.status("GET /status/403", from("203.0.113.1"))).isEqualTo(403);
      }
      assertThat(server.status("GET /status/401", from("203.0.113.1"))).isEqualTo(401);
      assertThat(server.status("GET /status/401", from("203.0.113.1"))).isEqualTo(401);
      assertLimited(server.send("GET /status/401", from("203.0.113.1")));
      assertLimited(server.send("GET /", from("203.0.113.1")));
      assertThat(server.status("GET /", from("203.0.113.2"))).isEqualTo(200);
    }
  }

  @Test
  void shouldLimitCommandsByCallerWhereverTheyComeFromAndByAddressWithoutOne() throws Exception {
    Rates rates = rates(100, 2, 100);
    try (EdgeServer server =
        new EdgeServer(ADDRESSES, new CallerFromHeader(), new CommandRateFilter(rates))) {
      assertThat(server.status("POST /", from("203.0.113.1"), "Caller: GALICE")).isEqualTo(200);
      assertThat(server.status("POST /", from("203.0.113.2"), "Caller: GALICE")).isEqualTo(200);
      assertLimited(server.send("POST /", from("203.0.113.3"), "Caller: GALICE"));
      assertThat(server.status("GET /", from("203.0.113.3"), "Caller: GALICE")).isEqualTo(200);
      assertThat(server.status("POST /", from("203.0.113.3"), "Caller: GBOB")).isEqualTo(200);
      assertThat(server.status("POST /", from("203.0.113.3"))).isEqualTo(200);
      assertThat(server.status("DELETE /", from("203.0.113.3"))).isEqualTo(200);
      assertLimited(server.send("PUT /", from("203.0.113.3")));
    }
  }

  /** Replaces the filter that checks credentials. */
  private static final class CallerFromHeader extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      String account = request.getHeader("Caller");
      request.setAttribute(
          Caller.class.getName(),
          account == null
              ? Caller.OPEN
              : new Caller(Optional.of(new Address(account)), Set.of(), Optional.empty()));
      chain.doFilter(request, response);
    }
  }
}
