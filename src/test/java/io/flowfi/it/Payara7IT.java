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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Payara 7 is another edition of Jakarta EE. It says that it has deployed our application, and goes
 * on without it: the log and its health must say what is the matter. The profile {@code containers}
 * runs it.
 */
@Timeout(300)
class Payara7IT {
  /** What Payara 7 is compiled for. */
  private static final int OLDEST_JDK = 21;

  private final String payara = System.getProperty("flowfi.payara7.jar", "");

  @Test
  void shouldSayAtTheStartWhatIsMissingAndNotBeUp() {
    assumeFalse(payara.isEmpty(), "not tested: only mvn -Pcontainers verify has a Payara 7");
    Optional<Jdk> jdk = Jdk.all().stream().filter(any -> any.feature() >= OLDEST_JDK).findFirst();
    assumeTrue(jdk.isPresent(), Jdk.HOW_TO_NAME);
    Path war = Path.of(ServerProcess.setting("flowfi.war"));
    try (PayaraServer server =
        PayaraServer.launch(Map.of(), "/flowfi", war, Path.of(payara), jdk.get())) {
      await().atMost(Duration.ofSeconds(240)).until(() -> server.log().contains(" ready in "));
      assertThat(server.log())
          .contains("successfully deployed")
          .containsPattern(
              "it needs Jersey 3\\.1 \\(Jakarta EE 10\\), and Payara Micro.* brings Jersey 4\\.");
      HttpApi api = server.api();
      assertThat(api.status("flowfi/v1/streams")).isEqualTo(404);
      for (String health : List.of("health", "health/ready", "health/live")) {
        HttpApi.Answer answer = api.get("/" + health);
        assertThat(answer.status()).as(health).isEqualTo(503);
        assertThat(answer.json().path("status").asText()).as(health).isEqualTo("DOWN");
      }
      assertThat(server.log())
          .doesNotContain("JDBC driver")
          .doesNotContain("restricted method", "restricted methods");
    }
  }
}
