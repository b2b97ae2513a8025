package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.servers.TestStore;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;

/** Two nodes behind a balancer that sends each request anywhere. */
@Timeout(60)
class SharedLoginTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final KeyPair WALLET = KeyPair.random();

  @TempDir Path directory;
  private final String database = TestStore.postgres().newDatabase();
  private ApiServer one;
  private ApiServer other;

  @BeforeEach
  void start() {
    one = SecuredServer.start(directory.resolve("1"), "DATABASE_URL", database);
    other = SecuredServer.start(directory.resolve("2"), "DATABASE_URL", database);
  }

  @AfterEach
  void stop() {
    one.close();
    other.close();
  }

  private static String ticket(ApiServer node) throws Exception {
    HttpResponse<String> answer =
        node.post("/v1/auth/ticket", "", SecuredServer.as(SecuredServer.ALICE));
    return JSON.readTree(answer.body()).path("ticket").asText();
  }

  private static int read(ApiServer node, String ticket) throws Exception {
    return node.get("/v1/events?ticket=" + ticket).statusCode();
  }

  @Test
  void shouldTakeATicketOfTheOtherNodeOnce() throws Exception {
    String ticket = ticket(one);
    assertThat(read(other, ticket)).isEqualTo(200);
    assertThat(read(one, ticket)).isEqualTo(401);
    assertThat(read(other, ticket)).isEqualTo(401);
    // its clock does not count for tickets
    one.advance(Duration.ofMinutes(10));
    assertThat(read(one, ticket(other))).isEqualTo(200);
  }

  @Test
  void shouldFollowAFilterThatTheOtherNodeKeptAndAfterARestart() throws Exception {
    String[] alice = SecuredServer.as(SecuredServer.ALICE);
    HttpResponse<String> kept = one.post("/v1/events/filters", "{\"all\":true}", alice);
    assertThat(kept.statusCode()).as(kept.body()).isEqualTo(200);
    String subscribe =
        "/v1/events/subscribe?filter=" + JSON.readTree(kept.body()).path("filter").asText();
    assertThat(other.opened(subscribe, alice).statusCode()).isEqualTo(200);
    assertThat(other.opened(subscribe, SecuredServer.as(SecuredServer.BOB)).statusCode())
        .isEqualTo(400);
    one.close();
    other.close();
    start();
    assertThat(one.opened(subscribe, alice).statusCode()).isEqualTo(200);
  }

  @Test
  void shouldGiveOneTokenForAChallengeOfTheOtherNode() throws Exception {
    HttpResponse<String> challenge = one.get("/v1/auth?account=" + WALLET.getAccountId());
    String signed =
        JSON.createObjectNode()
            .put("transaction", SecuredServer.signed(challenge.body(), WALLET))
            .toString();
    assertThat(other.post("/v1/auth", signed).statusCode()).isEqualTo(200);
    assertThat(one.post("/v1/auth", signed).statusCode()).isEqualTo(401);
    assertThat(other.post("/v1/auth", signed).statusCode()).isEqualTo(401);
  }
}
