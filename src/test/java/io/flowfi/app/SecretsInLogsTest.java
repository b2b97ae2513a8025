package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.auth.KeySetServer;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import io.flowfi.servers.TestStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/** Nothing that is secret is logged or recorded, whatever the level, and whatever goes wrong. */
@Timeout(60)
class SecretsInLogsTest {
  private static final String RPC_KEY = "rpc-key-5d1f0c9b";
  private static final String RPC_PASSWORD = "rpc-password-77ab";

  @TempDir Path directory;
  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final ConcurrentLinkedQueue<String> logged = new ConcurrentLinkedQueue<>();
  private final List<Logger> loud = new ArrayList<>();
  private final Handler everything =
      new Handler() {
        @Override
        public void publish(LogRecord entry) {
          StringWriter text = new StringWriter();
          PrintWriter line = new PrintWriter(text);
          line.println(entry.getMessage() + " " + Arrays.toString(entry.getParameters()));
          if (entry.getThrown() != null) {
            entry.getThrown().printStackTrace(line);
          }
          logged.add(text.toString());
        }

        @Override
        public void flush() {
          // in memory
        }

        @Override
        public void close() {
          // in memory
        }
      };

  private ApiServer server;
  private KeySetServer issuer;

  /**
   * Those of the libraries in the application, too; the test's container and client are not in it.
   */
  private void logEverything() {
    for (String name :
        List.of(
            "io.flowfi",
            "org.glassfish.jersey",
            "com.zaxxer",
            "org.flywaydb",
            "org.jdbi",
            "org.sqlite",
            "org.postgresql",
            "redis.clients",
            "io.opentelemetry",
            "org.jboss")) {
      Logger logger = Logger.getLogger(name);
      logger.setLevel(Level.ALL);
      logger.addHandler(everything);
      loud.add(logger);
    }
  }

  @AfterEach
  void stop() {
    for (Logger logger : loud) {
      logger.removeHandler(everything);
      logger.setLevel(null);
    }
    if (issuer != null) {
      issuer.close();
    }
  }

  private String secret(String name, String value) {
    secrets.put(name, value);
    return value;
  }

  /** A token is as good as its signature. */
  private String token(String name, String value) {
    secrets.put("the signature of " + name, value.substring(value.lastIndexOf('.') + 1));
    return value;
  }

  private String field(HttpResponse<String> answer, String name) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body()).path(name).asText();
  }

  private String login(KeyPair wallet) throws Exception {
    String signed =
        secret(
            "a signed challenge",
            SecuredServer.signed(
                server.get("/v1/auth?account=" + wallet.getAccountId()).body(), wallet));
    String body = "{\"transaction\":\"" + signed + "\"}";
    String token = token("a login's token", field(server.post("/v1/auth", body), "token"));
    assertThat(server.post("/v1/auth", body).statusCode()).as("used twice").isEqualTo(401);
    return token;
  }

  private String ticket(String token, String name) throws Exception {
    String[] bearer = SecuredServer.bearer(token);
    return secret(name, field(server.post("/v1/auth/ticket", "{}", bearer), "ticket"));
  }

  private void refused(String token) throws Exception {
    server.get("/v1/streams", SecuredServer.bearer(token));
    server.get("/v1/streams", "Authorization", "Basic " + token);
    server.get("/v1/streams", "Authorization", token);
    server.get("/v1/streams", "Cookie", "__Host-flowfi=" + token);
    server.post("/v1/streams", "{}", "Cookie", "__Host-flowfi=" + token);
    for (String parameter : List.of("access_token", "token", "ticket", "jwt")) {
      server.get("/v1/events/subscribe?all=true&" + parameter + "=" + token);
      server.post("/v1/streams?" + parameter + "=" + token, "{}");
    }
    server.post("/v1/auth", "{\"transaction\":\"" + token + "\"}");
    server.post("/v1/auth", token);
    server.post("/v1/auth/verify", "{\"publicKey\":\"" + token + "\",\"signature\":\"x\"}");
    server.get("/v1/auth/session", SecuredServer.bearer(token));
  }

  @Test
  void shouldLogNoSecret() throws Exception {
    logEverything();
    secret("JWT_SECRET", TestTokens.SECRET);
    secret("SEP10_SIGNING_SEED", new String(SecuredServer.SERVER_KEY.getSecretSeed()));
    secret("the password of the RPC node", RPC_PASSWORD);
    secret("the key of the RPC node", RPC_KEY);
    KeyPair wallet = KeyPair.random();
    secret("a wallet's seed", new String(wallet.getSecretSeed()));
    server =
        SecuredServer.start(
            directory,
            "STREAM_CONTRACT_ID",
            TestAddresses.contract(1),
            "SOROBAN_RPC_URL", // nobody listens there
            "http://user:" + RPC_PASSWORD + "@127.0.0.1:1/" + RPC_KEY);
    String token = login(wallet);
    String admin = token("an admin's token", SecuredServer.token(SecuredServer.ADMIN));
    String expired =
        token(
            "an expired token",
            TestTokens.hs256(
                TestTokens.SECRET,
                SecuredServer.claims(SecuredServer.ALICE, SecuredServer.START.minusSeconds(60))
                    .build()));
    String forged =
        token(
            "a forged token",
            TestTokens.hs256(
                TestTokens.SECRET.replace('a', 'b') + "other",
                SecuredServer.claims(SecuredServer.ADMIN, SecuredServer.LATER).build()));
    String[] bearer = SecuredServer.bearer(token);
    assertThat(server.get("/v1/streams", bearer).statusCode()).isEqualTo(200);
    server.get("/v1/streams", "Cookie", "__Host-flowfi=" + token);
    String ticket = ticket(token, "a ticket");
    String subscribe = "/v1/events/subscribe?all=true&ticket=";
    assertThat(server.opened(subscribe + ticket).statusCode()).isEqualTo(200);
    assertThat(server.get(subscribe + ticket).statusCode()).as("used twice").isEqualTo(401);
    refused(expired);
    refused(forged);
    refused(secret("no token at all", "not-a-token-1f6a77"));
    server.create(SecuredServer.ALICE);
    server.post(
        "/v1/streams",
        SecuredServer.stream("7", wallet.getAccountId(), SecuredServer.BOB),
        SecuredServer.bearer(admin));
    String late = ticket(token, "a ticket of the end");
    server.node.real().store().close(); // from here on everything that reads or writes fails
    assertThat(server.get("/v1/streams?ticket=" + late).statusCode()).isEqualTo(503);
    assertThat(server.get("/v1/events", bearer).statusCode()).isEqualTo(503);
    server.post("/v1/streams/7/pause", "", SecuredServer.bearer(admin));
    server.close();
    assertNoSecretIn(audit(wallet.getAccountId(), "/v1/streams/7/pause"));
  }

  /** Those with which the server itself asks others, which fail here one by one. */
  @Test
  void shouldLogNoSecretThatOtherServersAreGiven() throws Exception {
    logEverything();
    secret("JWT_SECRET", TestTokens.SECRET);
    String previous = secret("JWT_SECRET_PREVIOUS", "previous-secret-of-32-bytes-2f1a90c4d7");
    String database = secret("the password of the database", "database-password-90f1");
    String redis = secret("the password of Redis", "redis-password-31ce");
    String collector = secret("the key of the collector", "collector-key-b84e");
    issuer = new KeySetServer(); // has nothing at that address
    String password = secret("the password of the issuer", "issuer-password-6ac2");
    String key = secret("a key in the address of the issuer", "issuer-key-19d3");
    server =
        SecuredServer.start(
            directory,
            "JWT_SECRET_PREVIOUS",
            previous,
            "JWT_JWKS_URL",
            issuer
                .url()
                .resolve("/none?key=" + key)
                .toString()
                .replace("//", "//u:" + password + "@"),
            "DATABASE_URL",
            TestStore.postgres().newDatabase().replace("flowfi@", "flowfi:" + database + "@"),
            "REDIS_URL", // nobody listens there, nor for traces
            "redis://user:" + redis + "@127.0.0.1:1",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://127.0.0.1:1/"
                + secret("a key in the address of the collector", "otlp-key-44e1"),
            "OTEL_BSP_SCHEDULE_DELAY",
            "50",
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20" + collector);
    String old =
        token(
            "a token of the previous secret",
            TestTokens.hs256(
                previous, SecuredServer.claims(SecuredServer.ADMIN, SecuredServer.LATER).build()));
    assertThat(
            server
                .post(
                    "/v1/streams",
                    SecuredServer.stream("7", SecuredServer.ALICE, SecuredServer.BOB),
                    SecuredServer.bearer(old))
                .statusCode())
        .isEqualTo(201);
    String ofIssuer = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJHIn0.c2ln";
    assertThat(server.get("/v1/streams", SecuredServer.bearer(ofIssuer)).statusCode())
        .isEqualTo(503);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(logged.toString())
                    .as("that Redis, the issuer and the collector were missed")
                    .containsIgnoringCase("redis")
                    .contains("the keys at JWT_JWKS_URL cannot be read")
                    .containsIgnoringCase("failed to export"));
    server.node.real().store().close();
    assertThat(server.get("/v1/events", SecuredServer.bearer(old)).statusCode()).isEqualTo(503);
    server.close();
    assertNoSecretIn(audit(SecuredServer.ADMIN, "/v1/streams"));
  }

  private String audit(String... recorded) throws Exception {
    StringBuilder audit = new StringBuilder();
    try (var files = Files.list(directory.resolve("audit"))) {
      for (Path file : files.toList()) {
        audit.append(Files.readString(file));
      }
    }
    assertThat(audit).as("that it was recorded").contains(recorded);
    return audit.toString();
  }

  private void assertNoSecretIn(String audit) {
    String all = String.join("\n", logged);
    assertThat(all).as("that it was listened to").contains("could not read the store", "127.0.0.1");
    assertSoftly(
        softly ->
            secrets.forEach(
                (name, value) -> {
                  softly.assertThat(all.contains(value)).as("%s is in the log", name).isFalse();
                  softly.assertThat(audit).as("%s in the audit log", name).doesNotContain(value);
                  softly
                      .assertThat(server.log.recent())
                      .as("%s in the remembered lines", name)
                      .noneMatch(line -> line.contains(value));
                }));
  }
}
