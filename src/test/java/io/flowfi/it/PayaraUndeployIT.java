package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A Payara that has the application at a path of its own, and goes on without it. Once in the usual
 * run; {@code mvn -Pcontainers verify} takes it away ten times and looks at what stays in memory.
 */
@Timeout(300)
class PayaraUndeployIT {
  private static final int TIMES =
      Integer.parseInt(ServerProcess.setting("flowfi.payara.redeploys"));

  /** Generated code for records may hold some until JDK 18, as in {@link RedeployIT}. */
  private static final int APPLICATIONS = 3;

  private static final Path WAR = Path.of(ServerProcess.setting("flowfi.war"));

  private static PayaraServer server;
  private static HttpApi api;

  @BeforeAll
  static void start() {
    server = PayaraServer.withConsole("/flowfi", WAR, PayaraServer.ofTheBuild(), Jdk.running());
    api = new HttpApi(server.uri().resolve("flowfi/"));
    await() // Payara says UP before it has deployed anything
        .atMost(Duration.ofSeconds(180))
        .ignoreExceptions()
        .until(() -> api.status("health/ready") == 200);
    await().until(() -> server.log().contains(" ready in "));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldAnswerForTheNodeWherePayaraIsAsked() {
    for (String kind : List.of("ready", "live")) {
      JsonNode health = server.api().get("/health/" + kind).json();
      assertThat(health.path("status").asText()).as(kind).isEqualTo("UP");
      assertThat(health.path("checks").findValuesAsText("name")).contains("flowfi-" + kind);
    }
  }

  @Test
  void shouldLeaveNothingBehindAndComeBackWithItsLog() throws IOException {
    int before = api.history().size();
    for (int i = 1; i <= TIMES; i++) {
      undeployUnderASubscriber();
      assertIsGone();
      server.deploy(WAR);
      assertThat(api.status("health/ready")).isEqualTo(200);
      assertThat(api.history()).hasSize(before + i);
    }
    assertThat(server.log()).doesNotContain("SEVERE", "memory leak");
    if (TIMES > APPLICATIONS) {
      JvmMemory left = JvmMemory.of(server.pid(), Jdk.running());
      System.out.println(TIMES + " redeploys: " + left);
      assertThat(left.databases()).as("%s", left).isLessThanOrEqualTo(APPLICATIONS);
    }
  }

  private static void undeployUnderASubscriber() {
    try (EventStream events = server.events().path("/flowfi/v1/events/subscribe").open()) {
      events.nextConnected();
      String id = api.create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      assertThat(events.nextEvent("stream.created").json().path("streamId").asText()).isEqualTo(id);
      assertThat(OwnThreads.of(server.pid(), Jdk.running())).contains("ledger-writer");
      server.undeploy();
      assertThat(events.awaitEvent("reconnect").json().path("reason").asText())
          .isEqualTo("shutdown");
      events.awaitEnd(Duration.ofSeconds(5));
    }
  }

  private static void assertIsGone() throws IOException {
    for (String path : List.of("", "v1/streams", "v1/events/subscribe?all=true", "health/live")) {
      assertIsRefusedByPayara(api.get(path), path);
    }
    assertIsRefusedByPayara(
        api.post(
            "v1/streams", HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))),
        "a command");
    assertThat(server.api().get("/health/ready").body()).doesNotContain("flowfi");
    assertThat(OwnThreads.of(server.pid(), Jdk.running())).isEmpty();
    try (FileChannel file =
            FileChannel.open(server.dataFolder().resolve("flowfi.lock"), StandardOpenOption.WRITE);
        FileLock lock = file.tryLock()) {
      assertThat(lock).as("the data folder is free").isNotNull();
    }
  }

  private static void assertIsRefusedByPayara(HttpApi.Answer answer, String to) {
    assertThat(answer.status()).as(to).isEqualTo(404);
    assertThat(answer.header("Server")).as(to).startsWith("Payara");
    assertThat(answer.body()).as(to).contains("not available").doesNotContain("Exception");
  }
}
