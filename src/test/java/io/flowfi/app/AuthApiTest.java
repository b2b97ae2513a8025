package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.Race;
import io.flowfi.it.TestAddresses;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/** Logging in, the cookie and the tickets, as a wallet and a browser use them. */
@Timeout(60)
class AuthApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final KeyPair WALLET = KeyPair.random();

  @TempDir Path directory;
  private ApiServer server;

  @BeforeEach
  void start() {
    server = SecuredServer.start(directory);
    // after the second in which the previous process could have made a challenge
    server.advance(Duration.ofSeconds(1));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String signedChallenge() throws Exception {
    HttpResponse<String> challenge =
        server.get("/v1/auth?account=" + WALLET.getAccountId() + "&home_domain=example.com");
    assertThat(challenge.statusCode()).as(challenge.body()).isEqualTo(200);
    return SecuredServer.signed(challenge.body(), WALLET);
  }

  private static String json(String transaction) {
    return JSON.createObjectNode().put("transaction", transaction).toString();
  }

  private static String token(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("token").asText();
  }

  private void assertLoggedIn(String token) throws Exception {
    String own = "/v1/users/" + WALLET.getAccountId() + "/summary";
    assertThat(server.get(own, SecuredServer.bearer(token)).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldLetAWalletIn() throws Exception {
    HttpResponse<String> answer = server.post("/v1/auth", json(signedChallenge()));
    assertLoggedIn(token(answer));
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(JSON.readTree(answer.body()).size()).isEqualTo(1);
  }

  @Test
  void shouldCountLoginsByTheirResult() throws Exception {
    String signed = signedChallenge();
    String[] admin = SecuredServer.as(SecuredServer.ADMIN);
    assertThat(server.get("/metrics", admin).body())
        .contains("flowfi_logins_total{result=\"accepted\"} 0.0\n");
    assertThat(server.post("/v1/auth", json(signed)).statusCode()).isEqualTo(200);
    assertThat(server.post("/v1/auth", json(signed)).statusCode()).as("used").isEqualTo(401);
    assertThat(server.post("/v1/auth", json("none")).statusCode()).isEqualTo(400);
    await()
        .untilAsserted(
            () ->
                assertThat(server.get("/metrics", admin).body())
                    .contains(
                        "flowfi_logins_total{result=\"accepted\"} 1.0\n",
                        "flowfi_logins_total{result=\"rejected\"} 2.0\n",
                        "flowfi_logins_total{result=\"unavailable\"} 0.0\n"));
  }

  @Test
  void shouldLetAWalletInAtThePathsOfTheReplacedService() throws Exception {
    HttpResponse<String> asked =
        server.post("/v1/auth/challenge", "{\"publicKey\":\"" + WALLET.getAccountId() + "\"}");
    assertThat(asked.statusCode()).as(asked.body()).isEqualTo(200);
    String signed = SecuredServer.signed(asked.body(), WALLET);
    HttpResponse<String> answer = server.post("/v1/auth/verify", verification(WALLET, signed));

    assertLoggedIn(token(answer));
    assertThat(JSON.readTree(answer.body()).path("expiresIn").asLong()).isEqualTo(8 * 3600);
    assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    assertThat(server.post("/v1/auth/verify", verification(WALLET, signed)).statusCode())
        .as("a challenge is good for one login")
        .isEqualTo(401);
  }

  @Test
  void shouldGiveNoTokenForAnotherKeyThanTheSignedOne() throws Exception {
    HttpResponse<String> answer =
        server.post("/v1/auth/verify", verification(KeyPair.random(), signedChallenge()));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("another account").doesNotContain("token");
  }

  @Test
  void shouldSayWhatIsWrongAtThePathsOfTheReplacedService() throws Exception {
    String account = WALLET.getAccountId();
    Map<String, String> wrong =
        Map.of(
            "/v1/auth/challenge {}",
            "publicKey is required",
            "/v1/auth/challenge {\"publicKey\":7}",
            "publicKey must be a string",
            "/v1/auth/challenge {\"publicKey\":\"%s\",\"account\":\"%s\"}"
                .formatted(account, account),
            "it knows publicKey",
            "/v1/auth/verify {\"publicKey\":\"" + account + "\"}",
            "signedTransaction is required",
            "/v1/auth/verify " + verification(WALLET, "AAAA"),
            "transaction");
    for (Map.Entry<String, String> request : wrong.entrySet()) {
      String[] parts = request.getKey().split(" ", 2);
      HttpResponse<String> answer = server.post(parts[0], parts[1]);
      assertThat(answer.statusCode()).as(request.getKey()).isEqualTo(400);
      assertThat(answer.body()).contains(request.getValue());
    }
  }

  private static String verification(KeyPair key, String signed) {
    return JSON.createObjectNode()
        .put("publicKey", key.getAccountId())
        .put("signedTransaction", signed)
        .toString();
  }

  @Test
  void shouldTakeAForm() throws Exception {
    String form = "application/x-www-form-urlencoded";
    String encoded = URLEncoder.encode(signedChallenge(), StandardCharsets.UTF_8);
    assertLoggedIn(
        token(server.send("POST", "/auth", "transaction=" + encoded, "Content-Type", form)));
    // with unencoded plus signs of base64
    assertLoggedIn(
        token(
            server.send(
                "POST", "/v1/auth", "transaction=" + signedChallenge(), "Content-Type", form)));
    assertThat(
            server.send("POST", "/v1/auth", "transaction=%zz", "Content-Type", form).statusCode())
        .isEqualTo(400);
  }

  @Test
  void shouldTakeAChallengeOnceHoweverManyTry() throws Exception {
    String body = json(signedChallenge());
    assertThat(Race.wins(100, () -> server.post("/v1/auth", body).statusCode() == 200))
        .isEqualTo(1);
    HttpResponse<String> late = server.post("/v1/auth", body);
    assertThat(late.statusCode()).isEqualTo(401);
    assertThat(late.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(late.body()).contains("has been used");
  }

  @Test
  void shouldSayWhatIsWrongWithARequestForAChallenge() throws Exception {
    Map<String, String> wrong =
        Map.of(
            "/v1/auth",
            "account is required",
            "/v1/auth?account=",
            "account is required",
            "/v1/auth?account=GABC",
            "account must be",
            "/v1/auth?account=" + TestAddresses.contract(1),
            "contracts",
            "/v1/auth?account=MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJUAAAAAAAAAAAACJUQ",
            "muxed",
            "/v1/auth?account=" + WALLET.getAccountId() + "&memo=7",
            "memo",
            "/v1/auth?account=" + WALLET.getAccountId() + "&home_domain=other.com",
            "home_domain");
    for (Map.Entry<String, String> request : wrong.entrySet()) {
      HttpResponse<String> answer = server.get(request.getKey());
      assertThat(answer.statusCode()).as(request.getKey()).isEqualTo(400);
      assertThat(answer.body()).contains(request.getValue());
    }
    // SEP-10: a server that does not verify client domains ignores the parameter
    assertThat(
            server
                .get("/v1/auth?account=" + WALLET.getAccountId() + "&client_domain=wallet.example")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void shouldRefuseLoginsThatAreNone() throws Exception {
    for (String body :
        List.of(
            "",
            "[]",
            "{}",
            "{\"transaction\":7}",
            "{\"transaction\":\"AAAA\"}",
            "{\"cookie\":1}")) {
      assertThat(server.post("/v1/auth", body).statusCode()).as(body).isEqualTo(400);
    }
    assertThat(server.post("/v1/auth?cookie=maybe", json("x")).statusCode()).isEqualTo(400);
    assertThat(server.send("POST", "/v1/auth", "x", "Content-Type", "text/plain").statusCode())
        .isEqualTo(415);
  }

  @Test
  void shouldGiveTheTokenInACookieForPages() throws Exception {
    HttpResponse<String> answer = server.post("/v1/auth?cookie=true", json(signedChallenge()));
    String token = token(answer);
    assertThat(answer.headers().firstValue("Set-Cookie"))
        .hasValue(
            "__Host-flowfi="
                + token
                + "; Max-Age=28800; Path=/; Secure; HttpOnly; SameSite=Strict");
    String cookie = "a=b; __Host-flowfi=" + token;
    String own = "/v1/users/" + WALLET.getAccountId() + "/summary";
    assertThat(server.get(own, "Cookie", cookie).statusCode()).isEqualTo(200);
    assertThat(server.get("/v1/events/stats", "Cookie", cookie + "x").statusCode()).isEqualTo(401);
    assertThat(
            server
                .get("/v1/events/stats", "Cookie", cookie + "; __Host-flowfi=" + token)
                .statusCode())
        .isEqualTo(401);

    HttpResponse<String> byField =
        server.post(
            "/v1/auth",
            JSON.createObjectNode()
                .put("transaction", signedChallenge())
                .put("cookie", true)
                .toString());
    assertThat(byField.headers().firstValue("Set-Cookie")).isPresent();

    HttpResponse<String> logout = server.send("DELETE", "/v1/auth", null, "Cookie", cookie);
    assertThat(logout.statusCode()).isEqualTo(204);
    assertThat(logout.headers().firstValue("Set-Cookie"))
        .hasValue("__Host-flowfi=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
  }

  @Test
  void shouldNotLetOtherSitesUseOrPlantTheCookie() throws Exception {
    String token = SecuredServer.token(SecuredServer.ALICE);
    String cookie = "__Host-flowfi=" + token;
    for (String site : List.of("cross-site", "same-site", "none")) {
      assertThat(
              server
                  .post("/v1/auth/ticket", "", "Cookie", cookie, "Sec-Fetch-Site", site)
                  .statusCode())
          .as(site)
          .isEqualTo(403);
      assertThat(
              server
                  .post("/v1/auth?cookie=true", json(signedChallenge()), "Sec-Fetch-Site", site)
                  .statusCode())
          .as(site)
          .isEqualTo(403);
    }
    assertThat(
            server
                .post("/v1/auth/ticket", "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
                .statusCode())
        .isEqualTo(200);
    // an older browser sends only the origin of a page; another port is another origin
    assertThat(
            server
                .post(
                    "/v1/auth?cookie=true",
                    json(signedChallenge()),
                    "Origin",
                    "http://localhost:99")
                .statusCode())
        .isEqualTo(403);
    // a header is never sent by mistake
    assertThat(
            server
                .post(
                    "/v1/auth/ticket",
                    "",
                    "Authorization",
                    "Bearer " + token,
                    "Sec-Fetch-Site",
                    "cross-site")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void shouldTellPagesWhoTheyAre() throws Exception {
    JsonNode nobody = JSON.readTree(server.get("/v1/auth/session").body());
    assertThat(nobody)
        .isEqualTo(JSON.createObjectNode().put("signedIn", false).put("walletLogin", true));

    HttpResponse<String> admin =
        server.get("/v1/auth/session", SecuredServer.as(SecuredServer.ADMIN));
    // the second by which the clock was advanced, and the thirty by which clocks may differ
    assertThat(JSON.readTree(admin.body()))
        .isEqualTo(
            JSON.readTree(
                """
                {"signedIn": true, "walletLogin": true, "account": "%s", "roles": ["admin"],
                 "expires": "%s", "expiresIn": 3629}
                """
                    .formatted(SecuredServer.ADMIN, SecuredServer.LATER.plusSeconds(30))));
    assertThat(admin.headers().firstValue("Cache-Control")).hasValue("no-store");

    String cookie = "__Host-flowfi=" + SecuredServer.token(SecuredServer.BOB);
    assertThat(server.get("/v1/auth/session", "Cookie", cookie).body())
        .contains(SecuredServer.BOB)
        .contains("\"roles\":[]");
    HttpResponse<String> bad = server.get("/v1/auth/session", SecuredServer.bearer("x"));
    assertThat(bad.statusCode()).isEqualTo(401);
  }

  private String ticket(String account) throws Exception {
    HttpResponse<String> answer = server.post("/v1/auth/ticket", "", SecuredServer.as(account));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = JSON.readTree(answer.body());
    assertThat(body.path("expiresIn").asInt()).isEqualTo(30);
    return body.path("ticket").asText();
  }

  @Test
  void shouldLetATicketInOnce() throws Exception {
    String alices = "/v1/users/" + SecuredServer.ALICE + "/events?ticket=";
    String ticket = ticket(SecuredServer.ALICE);
    assertThat(server.get(alices + ticket).statusCode()).isEqualTo(200);
    HttpResponse<String> again = server.get(alices + ticket);
    assertThat(again.statusCode()).isEqualTo(401);
    assertThat(again.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertThat(again.body()).doesNotContain(ticket);
    assertThat(server.get(alices + ticket(SecuredServer.BOB)).statusCode()).isEqualTo(403);
    String late = ticket(SecuredServer.ALICE);
    server.advance(Duration.ofSeconds(30));
    assertThat(server.get(alices + late).statusCode()).isEqualTo(401);
  }

  @Test
  void shouldLetOneOfManyInWithATicket() throws Exception {
    String path = "/v1/events/stats?ticket=" + ticket(SecuredServer.ALICE);
    assertThat(Race.wins(100, () -> server.get(path).statusCode() == 200)).isEqualTo(1);
  }

  @Test
  void shouldTakeATicketForReadsOnly() throws Exception {
    String ticket = ticket(SecuredServer.ADMIN);
    assertThat(server.post("/v1/auth/ticket?ticket=" + ticket, "").statusCode()).isEqualTo(401);
    assertThat(server.send("HEAD", "/v1/streams?ticket=" + ticket, null).statusCode())
        .isEqualTo(401);
    // and those did not use it up
    assertThat(server.get("/v1/streams?limit=5&ticket=" + ticket).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldNotFallBackFromInvalidCredentials() throws Exception {
    String good = SecuredServer.token(SecuredServer.ALICE);
    String cookie = "__Host-flowfi=" + good;
    for (String header : List.of("Bearer x", "Bearer", "Bearer ", "Basics x", good, "")) {
      assertThat(
              server
                  .get(
                      "/v1/events/stats?ticket=" + ticket(SecuredServer.ALICE),
                      "Authorization",
                      header,
                      "Cookie",
                      cookie)
                  .statusCode())
          .as(header)
          .isEqualTo(401);
    }
    assertThat(server.get("/v1/events/stats?ticket=x", "Cookie", cookie).statusCode())
        .isEqualTo(401);
    assertThat(server.get("/v1/events/stats?ticket=", "Cookie", cookie).statusCode())
        .isEqualTo(401);
    String ticket = ticket(SecuredServer.ALICE);
    assertThat(
            server
                .get("/v1/events/stats?ticket=" + ticket + "&ticket=" + ticket, "Cookie", cookie)
                .statusCode())
        .isEqualTo(401);
    assertThat(
            server
                .get(
                    "/v1/events/stats",
                    "Authorization",
                    "Bearer " + good,
                    "Authorization",
                    "Bearer " + good)
                .statusCode())
        .isEqualTo(401);
    // while a valid credential of a higher rank hides the others
    assertThat(
            server
                .get(
                    "/v1/events/stats?ticket=x",
                    "Authorization",
                    "bearer   " + good,
                    "Cookie",
                    "__Host-flowfi=x")
                .statusCode())
        .isEqualTo(200);
  }

  /** A proxy that asks for a password passes it on: the other credentials of the request count. */
  @Test
  void shouldIgnoreTheCredentialsOfAProxy() throws Exception {
    String token = SecuredServer.token(SecuredServer.ALICE);
    String own = "/v1/users/" + SecuredServer.ALICE + "/summary";
    for (String password :
        List.of("Basic dXNlcjpwdw==", "basic", "Digest username=\"u\"", "NTLM x")) {
      String[] header = {"Authorization", password};
      assertThat(
              server
                  .get(own, header[0], header[1], "Cookie", "__Host-flowfi=" + token)
                  .statusCode())
          .as(password)
          .isEqualTo(200);
      assertThat(
              server
                  .get(own + "?ticket=" + ticket(SecuredServer.ALICE), "Authorization", password)
                  .statusCode())
          .as(password)
          .isEqualTo(200);
      assertThat(
              server
                  .get(own, header[0], header[1], "Authorization", "Bearer " + token)
                  .statusCode())
          .as(password)
          .isEqualTo(200);
      assertThat(JSON.readTree(server.get("/v1/auth/session", header).body()).path("signedIn"))
          .as(password)
          .isEqualTo(JSON.getNodeFactory().booleanNode(false));
      HttpResponse<String> nobody = server.get("/v1/events/stats", header);
      assertThat(nobody.statusCode()).as(password).isEqualTo(401);
      assertThat(nobody.body()).contains("say who you are");
    }
  }

  @Test
  void shouldAllowALoginWithAnOldCookie() throws Exception {
    assertThat(
            server
                .post(
                    "/v1/auth?cookie=true", json(signedChallenge()), "Cookie", "__Host-flowfi=old")
                .statusCode())
        .isEqualTo(200);
    assertThat(server.get("/health", "Cookie", "__Host-flowfi=old").statusCode()).isEqualTo(200);
  }

  @Test
  void shouldSayThatLoginsAreNotConfigured() throws Exception {
    try (ApiServer open = new ApiServer(directory.resolve("open"), Map.of())) {
      assertThat(open.get("/v1/auth?account=" + WALLET.getAccountId()).statusCode()).isEqualTo(404);
      assertThat(open.post("/v1/auth", "{}").statusCode()).isEqualTo(404);
      assertThat(open.post("/v1/auth/ticket", "").statusCode()).isEqualTo(404);
      assertThat(open.get("/health").body()).contains("\"open\"");
    }
    assertThat(server.get("/health").body()).contains("\"secured\"");
  }

  @Test
  void shouldIgnoreCredentialsInOpenMode() throws Exception {
    try (ApiServer open = new ApiServer(directory.resolve("open"), Map.of())) {
      assertThat(open.get("/v1/streams?ticket=x", "Authorization", "Bearer x").statusCode())
          .isEqualTo(200);
    }
  }
}
