package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.SignedJWT;
import io.flowfi.auth.TestTokens;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/**
 * {@code JWT_SECRET} is changed as docs/authentication.md says, and nobody has to sign in again.
 */
@Timeout(60)
class SecretRotationTest {
  private static final String EARLIER = "the secret before this one: 32 bytes";
  private static final KeyPair WALLET = KeyPair.random();

  @TempDir Path directory;
  private ApiServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private static String ofEarlier() {
    return TestTokens.hs256(
        EARLIER, SecuredServer.claims(SecuredServer.ALICE, SecuredServer.LATER).build());
  }

  private int status(String token) throws Exception {
    return server.get("/v1/streams", SecuredServer.bearer(token)).statusCode();
  }

  private String figures() throws Exception {
    return server.get("/metrics", SecuredServer.as(SecuredServer.ADMIN)).body();
  }

  private String login() throws Exception {
    server.advance(Duration.ofSeconds(1)); // after the second of a process before
    HttpResponse<String> challenge = server.get("/v1/auth?account=" + WALLET.getAccountId());
    String signed = SecuredServer.signed(challenge.body(), WALLET);
    HttpResponse<String> answer = server.post("/v1/auth", "{\"transaction\":\"" + signed + "\"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = new ObjectMapper().readTree(answer.body());
    return body.path("token").asText();
  }

  private static boolean isSignedWith(String secret, String token) throws Exception {
    try {
      return SignedJWT.parse(token)
          .verify(new MACVerifier(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldTakeTokensOfBothSecretsSignWithTheNewOneAndSayWhenTheOldOneCanGo() throws Exception {
    server = SecuredServer.start(directory, "JWT_SECRET_PREVIOUS", EARLIER);
    assertThat(figures()).contains("\nflowfi_previous_secret_tokens_total 0.0\n");
    assertThat(status(ofEarlier())).isEqualTo(200);
    assertThat(status(SecuredServer.token(SecuredServer.ALICE))).isEqualTo(200);
    String issued = login();
    assertThat(isSignedWith(TestTokens.SECRET, issued)).isTrue();
    assertThat(isSignedWith(EARLIER, issued)).isFalse();
    assertThat(status(issued)).isEqualTo(200);
    server.close();

    server = SecuredServer.start(directory, "JWT_SECRET_PREVIOUS", EARLIER);
    assertThat(status(ofEarlier())).isEqualTo(200);
    assertThat(figures()).contains("\nflowfi_previous_secret_tokens_total 1.0\n");
    server.close();

    server = SecuredServer.start(directory);
    assertThat(status(issued)).as("of a login while both were taken").isEqualTo(200);
    assertThat(status(ofEarlier())).isEqualTo(401);
    assertThat(figures()).doesNotContain("previous_secret");
  }
}
