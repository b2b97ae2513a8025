package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.auth.Caller;
import io.flowfi.cluster.ClusterRates;
import io.flowfi.limit.RateSettings;
import io.flowfi.limit.Rates;
import io.flowfi.log.LogIdentity;
import io.flowfi.payment.Address;
import io.flowfi.redis.RedisServers;
import io.flowfi.redis.RedisSettings;
import io.flowfi.servers.RedisServer;
import io.flowfi.sse.RawClient;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Jedis;

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

  private static ClusterRates countingOn(RedisServer redis, LogIdentity log) {
    return new ClusterRates(
        () -> 2, new RedisServers(RedisSettings.parse(redis.url(), Optional.empty())), log);
  }

  private static Rates together(ClusterRates with, int commands, int authFailures) {
    return Rates.together(
        new RateSettings(true, 10_000, 1, commands, authFailures), () -> 2, with::of);
  }

  /** Two nodes on one Redis. */
  @Test
  void shouldLimitFailedLoginsAndCommandsOverAllNodes() throws Exception {
    LogIdentity log = LogIdentity.random();
    String since = "flowfi:{" + log + "}:rates";
    try (RedisServer redis = RedisServer.start();
        Jedis admin = new Jedis("127.0.0.1", redis.port());
        ClusterRates one = countingOn(redis, log);
        ClusterRates two = countingOn(redis, log);
        EdgeServer first = edge(together(one, 6, 6));
        EdgeServer second = edge(together(two, 6, 6))) {
      one.start();
      two.start();
      AtomicInteger clients = new AtomicInteger();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                admin.hset(since, "since", "0"); // longer than a minute
                String client = from("203.0.113." + clients.incrementAndGet());
                for (int i = 0; i < 6; i++) {
                  assertThat(first.status("POST /status/401", client)).isEqualTo(401);
                }
                assertLimited(first.send("GET /", client));
                // it knows nothing of them before it has seen a failure
                assertThat(second.status("GET /status/401", client)).isEqualTo(401);
                assertLimited(second.send("GET /", client));
                assertLimited(second.send("GET /status/401", client));
                // nor has the caller any commands left there
                String another = from("198.51.100." + clients.get());
                for (int i = 0; i < 6; i++) {
                  assertThat(first.status("POST /", another)).isEqualTo(200);
                }
                assertLimited(second.send("POST /", another));
                assertThat(second.status("GET /", another)).isEqualTo(200);
              });
    }
  }

  private static EdgeServer edge(Rates rates) throws Exception {
    return new EdgeServer(ADDRESSES, new AddressRateFilter(rates), new CommandRateFilter(rates));
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
