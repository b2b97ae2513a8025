package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Payara says that it has deployed an application that refuses to start, and goes on without it:
 * the log and its health must say what is the matter. The profile {@code containers} runs this.
 */
@Timeout(300)
class PayaraRefusalsIT {
  /** What Payara 7 is compiled for. */
  private static final int OLDEST_JDK = 21;

  private final String payara7 = System.getProperty("flowfi.payara7.jar", "");
  private final Path war = Path.of(ServerProcess.setting("flowfi.war"));

  @BeforeEach
  void assumeWanted() {
    assumeFalse(payara7.isEmpty(), "not tested: only with mvn -Pcontainers verify");
  }

  /** It is another edition of Jakarta EE. */
  @Test
  void shouldSayOnPayara7WhatIsMissing() {
    Optional<Jdk> jdk = Jdk.all().stream().filter(any -> any.feature() >= OLDEST_JDK).findFirst();
    assumeTrue(jdk.isPresent(), Jdk.HOW_TO_NAME);
    try (PayaraServer server =
        PayaraServer.withConsole("/flowfi", war, Path.of(payara7), jdk.get())) {
      assertIsRefused(
          server,
          "it needs Jersey 3\\.1 \\(Jakarta EE 10\\), and Payara Micro.* brings Jersey 4\\.");
      assertThat(server.log())
          .doesNotContain("JDBC driver")
          .doesNotContain("restricted method", "restricted methods");
      assertLeavesNothing(server, jdk.get());
    }
  }

  /** However often it is tried: each try has a class loader of its own. */
  private void assertLeavesNothing(PayaraServer server, Jdk jdk) {
    server.undeploy();
    int classLoaders = JvmMemory.of(server.pid(), jdk).applications();
    for (int i = 0; i < 3; i++) {
      server.deploy(war);
      assertThat(server.api().status("flowfi/v1/streams")).isEqualTo(404);
      server.undeploy();
    }
    assertThat(JvmMemory.of(server.pid(), jdk).applications()).isLessThanOrEqualTo(classLoaders);
    assertThat(OwnThreads.of(server.pid(), jdk)).isEmpty();
    assertThat(server.api().status("flowfi/v1/streams")).isEqualTo(404);
    assertThat(server.dataFolder()).doesNotExist();
  }

  @Test
  void shouldSayThatTracesDoNotGoWithPayarasOwnOpenTelemetry() {
    Map<String, String> traces = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    try (PayaraServer server = PayaraServer.launch(traces, "/flowfi", war)) {
      assertIsRefused(server, "the container brings another OpenTelemetry than this server's");
    }
  }

  private static void assertIsRefused(PayaraServer server, String why) {
    await().atMost(Duration.ofSeconds(240)).until(() -> server.log().contains(" ready in "));
    assertThat(server.log()).contains("successfully deployed").containsPattern(why);
    HttpApi api = server.api();
    assertThat(api.status("flowfi/v1/streams")).isEqualTo(404);
    for (String health : List.of("health", "health/ready", "health/live")) {
      HttpApi.Answer answer = api.get("/" + health);
      assertThat(answer.status()).as(health).isEqualTo(503);
      assertThat(answer.json().path("status").asText()).as(health).isEqualTo("DOWN");
    }
  }
}
