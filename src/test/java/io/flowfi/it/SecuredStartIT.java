package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.servers.Needed;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code mvn -Psecured} starts, and what it prints. */
@Timeout(180)
class SecuredStartIT {
  private static final Pattern SOMEBODY =
      Pattern.compile("  (\\w+), (G[A-Z2-7]{55})\n  token +(eyJ\\S+)\n");

  private static TomcatServer server;

  @BeforeAll
  static void start() {
    server =
        TomcatServer.start(
            Map.of(
                "FLOWFI_SECURED",
                "true",
                "FLOWFI_CLASSES",
                ServerProcess.setting("flowfi.classes")));
    await().until(() -> server.log().contains("  history "));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldPrintATokenForEachRole() {
    Matcher somebody = SOMEBODY.matcher(server.log());
    for (String role : List.of("admin", "service", "sender", "recipient")) {
      assertThat(somebody.find()).as(role).isTrue();
      assertThat(somebody.group(1)).isEqualTo(role);
      JsonNode session =
          server
              .api()
              .get("v1/auth/session", "Authorization", "Bearer " + somebody.group(3))
              .json();
      assertThat(session.path("account").asText()).isEqualTo(somebody.group(2));
      assertThat(session.path("roles").size())
          .isEqualTo(List.of("admin", "service").contains(role) ? 1 : 0);
      assertThat(server.log())
          .contains("http://localhost:" + server.port() + "/#token=" + somebody.group(3));
    }
    assertThat(server.api().get("health").json().path("mode").asText()).isEqualTo("secured");
    assertThat(server.api().get("health").json().has("warning")).isFalse();
    assertThat(server.api().get("v1/streams").status()).isEqualTo(401);
    assertThat(server.log()).doesNotContain("OPEN MODE", "JWT_SECRET=");
  }

  @Test
  void shouldPrintCommandsThatWork() throws Exception {
    Needed.need(DocumentedCommandsIT.hasCurl(), "curl is not installed: its lines were not tried");
    assertThat(DocumentedCommandsIT.run(printed("history") + " -w '\\n%{http_code}'"))
        .contains("\"events\":[")
        .endsWith("\n200");
    try (BackgroundCommand subscriber = BackgroundCommand.start(printed("event stream"))) {
      await().untilAsserted(() -> assertThat(subscriber.output()).contains("\"connected\""));
    }
  }

  /** The first of its kind, the administrator's. */
  private static String printed(String what) {
    Matcher line = Pattern.compile("\n  " + what + " +(.*)\n").matcher(server.log());
    assertThat(line.find()).as(what).isTrue();
    return line.group(1);
  }
}
