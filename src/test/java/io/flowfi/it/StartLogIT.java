package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A start and a stop log no warnings of ours, on each supported container and JDK. */
@Timeout(180)
class StartLogIT {
  static Stream<TomcatOnJdk> onTheRunningJdk() {
    return TomcatOnJdk.on(Jdk.running());
  }

  @ParameterizedTest
  @MethodSource("onTheRunningJdk")
  void shouldWarnOfOpenModeOnly(TomcatOnJdk pair) {
    assertWarnsOfOpenModeOnly(pair);
  }

  @Test
  void shouldWarnOfOpenModeOnlyOnOtherJdksToo() {
    List<Jdk> others = Jdk.others();
    assumeFalse(others.isEmpty(), Jdk.HOW_TO_NAME);
    others.stream().flatMap(TomcatOnJdk::on).forEach(StartLogIT::assertWarnsOfOpenModeOnly);
  }

  private static void assertWarnsOfOpenModeOnly(TomcatOnJdk pair) {
    try (TomcatServer server = TomcatServer.start(pair.environment());
        EventStream events = server.events().query("all=true").open()) {
      events.nextConnected();
      String id =
          server
              .api()
              .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      assertThat(events.nextEvent("stream.created").json().path("streamId").asText()).isEqualTo(id);
      assertThat(server.stop()).as("%s", pair).isEqualTo(143);
      List<String> warnings =
          server
              .log()
              .lines()
              .filter(line -> line.matches(".*(WARN|SEVERE|ERROR).*"))
              // Tomcat's, where the machine was busy for a tenth of a second
              .filter(line -> !line.contains("Creation of SecureRandom instance"))
              .toList();
      assertThat(warnings).as("%s", pair).singleElement().asString().contains("OPEN MODE");
    }
  }

  @Test
  void shouldWarnOfOpenModeOnlyOnPayaraToo() {
    try (PayaraServer server = PayaraServer.start(Map.of())) {
      server.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
      server.stop();
      String log = server.log();
      assertThat(warnings(log))
          .filteredOn(line -> !line.contains("NCLS-SECURITY-05054")) // its old certificates
          // another test has a Payara at the same time, whose ports it finds
          .filteredOn(line -> !line.contains("com.hazelcast"))
          // it was asked whether it is ready before it could answer anything
          .filteredOn(line -> !line.matches(".*NCLS-CORE-0009[01].*"))
          .singleElement()
          .asString()
          .contains("OPEN MODE");
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
