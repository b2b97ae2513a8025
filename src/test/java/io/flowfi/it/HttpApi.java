package io.flowfi.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.description.RealAnswers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON requests to a running server. Threads may share one. A request that gets no answer (the
 * server was killed) throws {@link UncheckedIOException}.
 */
public final class HttpApi {
  /** Before every test, so that accrual has begun: 2024-01-01T00:00:00Z. */
  public static final long START_TIME = 1_704_067_200L;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI root;

  public HttpApi(URI root) {
    this.root = root;
  }

  /** An answer; {@link #json()} fails the test when the body is not JSON. */
  public record Answer(int status, HttpHeaders headers, String body) {
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("Not JSON: " + status + " " + body, e);
      }
    }

    public String header(String name) {
      return headers.firstValue(name).orElse(null);
    }
  }

  /** An empty JSON object to fill. */
  public static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /**
   * A body for {@code POST /v1/streams} that is valid in every field, to be changed by the test.
   */
  public static ObjectNode newStream(String sender, String recipient) {
    return object()
        .put("sender", sender)
        .put("recipient", recipient)
        .put("tokenAddress", TestAddresses.contract(0))
        .put("ratePerSecond", "10")
        .put("depositedAmount", "100000000000")
        .put("startTime", START_TIME);
  }

  /**
   * @param headers names and values in turn
   */
  public Answer get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  public Answer post(String path, JsonNode body, String... headers) {
    return post(path, body.toString(), headers);
  }

  /**
   * Posts a body as it is, even if it is not JSON, as {@code application/json} unless the headers
   * say otherwise.
   */
  public Answer post(String path, String body, String... headers) {
    HttpRequest.Builder request =
        request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body));
    if (!List.of(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    return send(request.build());
  }

  public Answer put(String path, JsonNode body, String... headers) {
    return send(
        request(path, headers)
            .PUT(HttpRequest.BodyPublishers.ofString(body.toString()))
            .header("Content-Type", "application/json")
            .build());
  }

  /** Creates a stream and returns its id; anything but 201 fails the test. */
  public String create(JsonNode stream) {
    Answer answer = post("v1/streams", stream);
    if (answer.status() != 201) {
      throw new AssertionError("Not created: " + answer.status() + " " + answer.body());
    }
    String location = answer.header("Location");
    return location.substring(location.lastIndexOf('/') + 1);
  }

  /** The whole history, oldest first, read page by page. */
  public List<JsonNode> history() {
    List<JsonNode> events = new ArrayList<>();
    String cursor = "0";
    while (true) {
      Answer answer = get("v1/events?order=asc&limit=200&after=" + cursor);
      if (answer.status() != 200) {
        throw new AssertionError("No history: " + answer.status() + " " + answer.body());
      }
      ArrayNode page = (ArrayNode) answer.json().path("events");
      page.forEach(events::add);
      if (!answer.json().path("hasMore").asBoolean()) {
        return events;
      }
      cursor = page.get(page.size() - 1).path("seq").asText();
    }
  }

  private HttpRequest.Builder request(String path, String... headers) {
    String relative = path.startsWith("/") ? path.substring(1) : path;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(root.resolve(relative)).timeout(Duration.ofSeconds(30));
    return headers.length == 0 ? request : request.headers(headers);
  }

  /** The status alone, of an answer that may be the container's own. */
  int status(String path) {
    try {
      return client
          .send(request(path).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private Answer send(HttpRequest request) {
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      // without it, it is the container's own answer: before we are deployed, or when we did not
      // start
      if (answer.headers().firstValue("X-Request-ID").isPresent()) {
        RealAnswers.check(
            request.method(),
            "/" + root.relativize(request.uri()),
            answer.statusCode(),
            answer.headers(),
            answer.body());
      }
      return new Answer(answer.statusCode(), answer.headers(), answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
