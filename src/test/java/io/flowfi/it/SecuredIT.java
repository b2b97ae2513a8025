package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.flowfi.auth.KeySetServer;
import io.flowfi.auth.TestTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.Network;
import org.stellar.sdk.Transaction;

/**
 * The packaged WAR authenticates its callers in every container: Payara brings its own token
 * libraries, which must not conflict with ours.
 */
@Timeout(300)
class SecuredIT {
  private static final String ADMIN = TestAddresses.account(9);

  @ParameterizedTest
  @ValueSource(strings = {"tomcat detached", "tomcat async", "payara"})
  void shouldLetInWhoLogsInAndEndStreamsWithTheirTokens(String container) throws Exception {
    KeyPair wallet = KeyPair.random();
    ECKey ec = TestTokens.ecKey("ec");
    TestTokens.Ed25519 ed = TestTokens.Ed25519.generate("ed");
    Map<String, String> variables = new HashMap<>();
    variables.put("JWT_SECRET", TestTokens.SECRET);
    variables.put("ADMIN_PUBLIC_KEY", ADMIN);
    variables.put("SEP10_SIGNING_SEED", new String(KeyPair.random().getSecretSeed()));
    variables.put("SEP10_HOME_DOMAIN", "example.com");
    try (KeySetServer issuer = new KeySetServer(ec.toPublicJWK(), ed.jwk())) {
      variables.put("JWT_JWKS_URL", issuer.url().toString());
      try (ContainerServer server = start(container, variables)) {
        HttpApi api = server.api();
        assertThat(api.get("v1/events/stats").status()).isEqualTo(401);
        assertThat(api.get("v1/events/stats").header("WWW-Authenticate")).isEqualTo("Bearer");
        assertThat(api.get("health").json().path("mode").asText()).isEqualTo("secured");
        logEverything(api);
        JWTClaimsSet claims =
            TestTokens.claims(wallet.getAccountId(), Instant.now().plusSeconds(600)).build();
        Set<String> sent = new HashSet<>();
        for (String token :
            new String[] {
              login(api, wallet),
              TestTokens.hs256(TestTokens.SECRET, claims),
              TestTokens.es256(ec, claims),
              ed.sign(claims)
            }) {
          sent.add(token);
          sent.add(token.substring(token.lastIndexOf('.') + 1));
          assertThat(api.get("v1/events/stats", bearer(token)).status()).isEqualTo(200);
          assertThat(api.get("v1/events/stats?access_token=" + token).status()).isEqualTo(401);
          assertThat(api.get("v1/events/stats", bearer(token + "x")).status()).isEqualTo(401);
        }
        followToTheEndOfTheToken(server, wallet.getAccountId());
        assertThat(server.log()).doesNotContain(sent);
        if (container.equals("tomcat detached")) {
          assertEachLineIsJson(server.log());
        }
      }
    }
  }

  private static void followToTheEndOfTheToken(ContainerServer server, String account) {
    HttpApi api = server.api();
    // clocks may differ by thirty seconds, so five are left
    String brief = TestTokens.token(account, Instant.now().minusSeconds(25));
    String ticket =
        api.post("v1/auth/ticket", HttpApi.object(), bearer(brief)).json().path("ticket").asText();
    try (EventStream byHeader =
            server.events().query("all=true").header("Authorization", "Bearer " + brief).open();
        EventStream byTicket = server.events().query("all=true&ticket=" + ticket).open()) {
      byHeader.nextConnected();
      byTicket.nextConnected();
      String admin = TestTokens.token(ADMIN, Instant.now().plusSeconds(600));
      assertThat(
              api.post(
                      "v1/streams",
                      HttpApi.newStream(TestAddresses.account(1), ADMIN),
                      bearer(admin))
                  .status())
          .isEqualTo(201);
      HttpApi.Answer own = api.post("v1/streams", HttpApi.newStream(account, ADMIN), bearer(admin));
      for (EventStream stream : new EventStream[] {byHeader, byTicket}) {
        assertThat(stream.nextEvent("stream.created").json().path("streamId"))
            .isEqualTo(own.json().path("streamId"));
        assertThat(stream.awaitEvent("reconnect").json().path("reason").asText())
            .isEqualTo("token_expired");
        assertThat(stream.awaitGone(Duration.ofSeconds(5))).isTrue();
      }
    }
    assertThat(api.get("v1/events/stats", bearer(brief)).status()).isEqualTo(401);
    assertThat(server.log()).doesNotContain(ticket, brief, TestTokens.SECRET);
  }

  private static void logEverything(HttpApi api) {
    String admin = TestTokens.token(ADMIN, Instant.now().plusSeconds(600));
    HttpApi.Answer set =
        api.put(
            "v1/admin/loggers/io.flowfi", HttpApi.object().put("level", "trace"), bearer(admin));
    assertThat(set.status()).as(set.body()).isEqualTo(200);
    HttpApi.Answer challenge = api.get("v1/auth?account=" + ADMIN);
    HttpApi.Answer unsigned =
        api.post(
            "v1/auth",
            HttpApi.object().put("transaction", challenge.json().path("transaction").asText()));
    assertThat(unsigned.status()).isEqualTo(401);
  }

  /** Ours, by their fields, and Tomcat's. */
  private static void assertEachLineIsJson(String log) throws Exception {
    Set<String> levels = new HashSet<>();
    for (String line : log.lines().toList()) {
      if (!line.startsWith("{")) { // what the script prints when the server is ready
        assertThat(line).doesNotContain("INFO", "WARN", "SEVERE", "io.flowfi");
        continue;
      }
      JsonNode entry = new ObjectMapper().readTree(line);
      assertThat(entry.path("message").asText()).as(line).isNotEmpty();
      if (entry.path("logger").asText().startsWith("io.flowfi")) {
        levels.add(entry.path("level").asText());
      }
    }
    assertThat(levels).as("the level was changed while it ran").contains("info", "debug");
  }

  private static ContainerServer start(String container, Map<String, String> variables) {
    if (container.equals("payara")) {
      return PayaraServer.start(variables);
    }
    if (container.equals("tomcat detached")) {
      variables.put("LOG_FORMAT", "json");
    }
    variables.put("SSE_OUTPUT", container.substring("tomcat ".length()));
    return TomcatServer.start(variables);
  }

  private static String[] bearer(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  private static String login(HttpApi api, KeyPair wallet) throws Exception {
    HttpApi.Answer challenge = api.get("v1/auth?account=" + wallet.getAccountId());
    assertThat(challenge.status()).as(challenge.body()).isEqualTo(200);
    Network network = new Network(challenge.json().path("network_passphrase").asText());
    Transaction transaction =
        (Transaction)
            Transaction.fromEnvelopeXdr(challenge.json().path("transaction").asText(), network);
    transaction.sign(wallet);
    HttpApi.Answer answer =
        api.post("v1/auth", HttpApi.object().put("transaction", transaction.toEnvelopeXdrBase64()));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("token").asText();
  }
}
