package io.flowfi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.TestTokens;
import io.flowfi.it.ContainerServer;
import io.flowfi.it.PayaraServer;
import io.flowfi.it.TestAddresses;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our server keeps the whole contract, whatever container and output it has. */
@Timeout(240)
class ConformanceIT {
  private static final String ADMIN = TestAddresses.account(1);

  @ParameterizedTest
  @ValueSource(strings = {"tomcat detached", "tomcat async", "payara"})
  void shouldKeepTheContract(String container) throws IOException {
    Map<String, String> variables =
        Map.of(
            "JWT_SECRET",
            TestTokens.SECRET,
            "ADMIN_PUBLIC_KEY",
            ADMIN,
            // async output notices only at the next write that a client has gone: enough for the
            // clients of earlier checks, and less than the kit tries
            "MAX_SSE_CONNECTIONS_PER_USER",
            "140",
            "MAX_SSE_CONNECTIONS_PER_IP",
            "1000");
    Instant expires = Instant.now().plusSeconds(600);
    try (ContainerServer server = start(container, variables)) {
      Target target =
          new Target(server.uri())
              .withTokens(
                  TestTokens.token(ADMIN, expires),
                  TestTokens.token(TestAddresses.account(2), expires))
              .withPatience(Duration.ofSeconds(20))
              .inFull()
              .withStop(() -> new Thread(server::stop, "stop").start());
      List<Result> results = Kit.run(target, List.of(), result -> {});
      Path report = Path.of("target/conformance", container.replace(' ', '-') + ".xml");
      new Report(target, results).writeJUnit(report);
      assertThat(results).hasSameSizeAs(Kit.checks());
      assertThat(
              results.stream()
                  .filter(result -> result.verdict() == Result.Verdict.FAIL)
                  .map(Report::text))
          .isEmpty();
      assertThat(
              results.stream()
                  .filter(result -> result.verdict() == Result.Verdict.NOT_APPLICABLE)
                  .map(result -> result.check().name()))
          // a server that has just begun has all its events; RetentionApiTest asks one that has not
          .containsExactly("reset.past");
      assertThat(ReportTest.read(report).getElementsByTagName("testcase").getLength())
          .isEqualTo(results.size());
    }
  }

  private static ContainerServer start(String container, Map<String, String> variables) {
    return switch (container) {
      case "payara" -> PayaraServer.start(variables);
      case "tomcat async" -> TomcatServer.start(with(variables, "SSE_OUTPUT", "async"));
      default -> TomcatServer.start(with(variables, "SSE_OUTPUT", "detached"));
    };
  }

  private static Map<String, String> with(Map<String, String> all, String name, String value) {
    Map<String, String> more = new HashMap<>(all);
    more.put(name, value);
    return more;
  }
}
