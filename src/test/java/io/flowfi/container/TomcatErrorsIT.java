package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors that never reach a resource are told like all others. */
@Timeout(120)
class TomcatErrorsIT {
  private static TomcatServer server;

  @BeforeAll
  static void start() {
    server = TomcatServer.start(Map.of());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode problem(HttpApi.Answer answer, int status) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.header("X-Request-ID")).isNotEmpty();
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    return answer.json();
  }

  @Test
  void shouldTellOfAFileThatIsNotThere() {
    JsonNode problem = problem(server.api().get("/no-such-page.html"), 404);
    assertThat(problem.path("instance").asText()).isEqualTo("/no-such-page.html");
    problem(server.api().get("/WEB-INF/web.xml"), 404);
    problem(server.api().get("/problem"), 404);
  }

  @Test
  void shouldShowABrowserAPage() {
    HttpApi.Answer page =
        server
            .api()
            .get("/no-such-page.html", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    assertThat(page.status()).isEqualTo(404);
    assertThat(page.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
    assertThat(page.body()).contains("<title>404 Not Found</title>");
    assertThat(server.api().get("/", "Accept", "text/html").status()).isEqualTo(200);
  }

  @Test
  void shouldTellOfAMediaTypeThatIsNone() {
    problem(server.api().post("/v1/streams", "{}", "Content-Type", "nonsense"), 400);
  }

  @Test
  void shouldNotMistakeOnePathForAnother() {
    assertThat(server.api().get("/v1/streams/").status()).isEqualTo(200);
    problem(server.api().get("/v1/%2e%2e/streams"), 404);
    problem(server.api().get("/v1/streams?sender=%7Bx%7D"), 400);
  }

  @Test
  void shouldKeepTheShortAndTheLongPathTheSame() {
    String id =
        server.api().create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
    assertThat(server.api().get("/streams/" + id + "/claimable?at=1800000000").json())
        .isEqualTo(server.api().get("/v1/streams/" + id + "/claimable?at=1800000000").json());
    assertThat(server.api().get("/events?limit=1").body())
        .isEqualTo(server.api().get("/v1/events?limit=1").body());
    assertThat(server.api().get("/health/ready").status()).isEqualTo(200);
  }
}
