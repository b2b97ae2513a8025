package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.sse.RawClient;
import java.io.IOException;

/**
 * An error as it comes over the wire, for requests that no HTTP client would send. The answer must
 * have everything that every other answer has.
 *
 * @param text head and body, to check what must not be in them
 */
public record RawProblem(JsonNode json, String text) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Sends a request and reads its error; fails the test if anything is missing. */
  public static RawProblem of(int port, String request, int status) throws IOException {
    try (RawClient client = RawClient.exchange(port, request)) {
      assertThat(client.status()).isEqualTo(status);
      assertThat(client.headers())
          .containsEntry("content-type", "application/problem+json")
          .containsEntry("cache-control", "no-store")
          .containsEntry("x-frame-options", "DENY")
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("cross-origin-resource-policy", "same-origin")
          .containsEntry("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
          .containsEntry("connection", "close")
          .containsKeys("x-request-id", "date")
          .doesNotContainKeys("server", "strict-transport-security", "transfer-encoding");
      String body = client.rest();
      JsonNode problem = JSON.readTree(body);
      assertThat(problem.path("type").asText()).isEqualTo("about:blank");
      assertThat(problem.path("title").asText()).isNotEmpty();
      assertThat(problem.path("status").asInt()).isEqualTo(status);
      assertThat(problem.path("message")).isEqualTo(problem.path("detail"));
      return new RawProblem(problem, client.headers() + body);
    }
  }

  public String detail() {
    return json.path("detail").asText();
  }
}
