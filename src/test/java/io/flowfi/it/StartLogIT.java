package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start logs no warnings, on each supported Tomcat. */
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
}
