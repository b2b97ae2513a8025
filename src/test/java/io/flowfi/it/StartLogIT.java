package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start and a stop log no warnings of ours, on each supported container. */
@Timeout(180)
class StartLogIT {
  @ParameterizedTest
  @ValueSource(strings = {"flowfi.tomcat.home", "flowfi.tomcat11.home"})
  void shouldWarnOfOpenModeOnly(String home) {
    try (TomcatServer server =
            TomcatServer.start(Map.of("CATALINA_HOME", ServerProcess.setting(home)));
        EventStream events = server.events().query("all=true").open()) {
      events.nextConnected();
      String id =
          server
              .api()
              .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      assertThat(events.nextEvent("stream.created").json().path("streamId").asText()).isEqualTo(id);
      assertThat(server.stop()).isEqualTo(143);
      List<String> warnings =
          server.log().lines().filter(line -> line.matches(".*(WARN|SEVERE|ERROR).*")).toList();
      assertThat(warnings).singleElement().asString().contains("OPEN MODE");
    }
  }

  /**
   * Payara looks through the application with a class loader of its own first. When it drops that
   * one, it warns of the JDBC drivers that the JDK has found by it: before any line of ours.
   */
  @Test
  void shouldWarnOfOpenModeOnlyOnPayaraToo() {
    try (PayaraServer server = PayaraServer.start(Map.of())) {
      server.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      server.stop();
      String log = server.log();
      int ours = log.indexOf("serves the log");
      assertThat(warnings(log.substring(0, ours)))
          .filteredOn(line -> !line.contains("NCLS-SECURITY-05054")) // its old certificates
          // another test has a Payara at the same time, whose ports it finds
          .filteredOn(line -> !line.contains("com.hazelcast"))
          .hasSizeLessThanOrEqualTo(2)
          .allMatch(line -> line.matches(".*\\[(org.sqlite.JDBC|org.postgresql.Driver)] but.*"));
      assertThat(warnings(log.substring(ours))).singleElement().asString().contains("OPEN MODE");
      assertThat(log).doesNotContain("restricted method", "restricted methods");
    }
  }

  /** A record begins with its time; other lines are of the JVM. */
  private static List<String> warnings(String log) {
    return log.lines()
        .filter(line -> line.startsWith("[") && line.matches(".*(WARNING|SEVERE).*"))
        .toList();
  }
}
