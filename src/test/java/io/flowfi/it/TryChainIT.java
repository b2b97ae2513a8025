package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.servers.Needed;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code mvn -Pchain} starts, and what it prints. */
@Timeout(300)
class TryChainIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONG = Duration.ofMinutes(1);

  /** What the simulated RPC is behind the chain after the command that is printed. */
  private static final int LAG_SECONDS = 50 * 5;

  @Test
  void shouldFollowTheSimulatedChainAndTakeFaults() throws Exception {
    Needed.need(DocumentedCommandsIT.hasCurl(), "curl is not installed: its lines were not tried");
    try (BackgroundCommand trial = BackgroundCommand.startTrial(TryChain.class)) {
      await()
          .atMost(Duration.ofMinutes(4)) // on a busy machine, as the servers of other tests
          .until(() -> trial.output().contains("Ctrl-C ends everything"));
      String said = trial.output();
      HttpApi server = new HttpApi(URI.create(printed("console +(\\S+)", said)));
      assertThat(server.get("").body()).contains("<html");
      String status = printed("status +(curl .*)", said);
      await().atMost(LONG).until(() -> status(status).path("state").asText(), "following"::equals);
      assertThat(status(status).path("url").asText())
          .isEqualTo(printed("RPC +(\\S+?)/?\n", said).replaceAll("/$", ""));
      assertThat(server.history()).hasSizeGreaterThan(1_000);
      assertThat(status(status).path("lagSeconds").asInt()).isLessThan(LAG_SECONDS / 2);

      String lag = printed("faults +\\S+ or, say, (curl .*)", said);
      assertThat(DocumentedCommandsIT.run(lag + " -s")).isEqualTo("done\n");
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(status(status).path("lagSeconds").asInt())
                      .as(status(status).toPrettyString())
                      .isGreaterThan(LAG_SECONDS / 2));
    }
  }

  private static JsonNode status(String command) throws Exception {
    return JSON.readTree(DocumentedCommandsIT.run(command + " -s"));
  }

  private static String printed(String pattern, String said) {
    Matcher line = Pattern.compile(pattern).matcher(said);
    assertThat(line.find()).as(pattern + " in\n" + said).isTrue();
    return line.group(1);
  }
}
