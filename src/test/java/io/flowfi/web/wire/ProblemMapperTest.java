package io.flowfi.web.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogUnavailableException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ServerErrorException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.glassfish.jersey.test.ServletDeploymentContext;
import org.glassfish.jersey.test.grizzly.GrizzlyWebTestContainerFactory;
import org.glassfish.jersey.test.spi.TestContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures whose details the client must not see. */
@Timeout(60)
class ProblemMapperTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Recorder log = new Recorder();

  /** A reference, because the logging system holds its loggers only weakly. */
  private final Logger logger = Logger.getLogger(ProblemMapper.class.getName());

  private TestContainer container;

  @BeforeEach
  void start() {
    container =
        new GrizzlyWebTestContainerFactory()
            .create(
                UriBuilder.fromUri("http://127.0.0.1/").port(0).build(),
                ServletDeploymentContext.forServlet(
                        new ServletContainer(
                            new ResourceConfig()
                                .register(new Failing())
                                .register(ProblemMapper.class)))
                    .addFilter(RequestIdFilter.class, "request-id")
                    .build());
    container.start();
    logger.addHandler(log);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(log);
    container.stop();
  }

  /** Fails as the path says. */
  @Path("{how}")
  public static final class Failing {
    @GET
    public CompletionStage<Response> fail(
        @PathParam("how") String how, @QueryParam("number") int number) throws IOException {
      return switch (how) {
        case "at-once" -> throw new IllegalStateException("secret " + number);
        case "later" -> CompletableFuture.failedStage(new IllegalStateException("secret"));
        case "checked" -> throw new IOException("secret");
        case "error" -> throw new StackOverflowError("secret");
        case "store" -> throw new LogUnavailableException("secret", new IOException("secret"));
        case "too-new" -> throw new ServerErrorException("secret", 505);
        case "unheard-of" -> throw new ServerErrorException("secret", 501);
        case "jax-rs" -> throw new ServiceUnavailableException("secret");
        default -> CompletableFuture.completedStage(Response.ok(how).build());
      };
    }
  }

  private static final class Recorder extends Handler {
    final List<LogRecord> records = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      records.add(line);
    }

    @Override
    public void flush() {
      // nothing is kept back
    }

    @Override
    public void close() {
      // nothing is held
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = container.getBaseUri().resolve("/" + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).header("X-Request-ID", "req-42").build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode problem(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(answer.headers().firstValue("X-Request-ID")).hasValue("req-42");
    assertThat(answer.body()).doesNotContain("secret", "Exception", "java.", "io.flowfi");
    return JSON.readTree(answer.body());
  }

  @Test
  void shouldHideADefectFromTheClientAndLogItUnderTheIdOfTheRequest() throws Exception {
    for (String how : List.of("at-once", "later", "checked", "error")) {
      log.records.clear();
      JsonNode problem = problem(get(how), 500);
      assertThat(problem.path("detail").asText()).contains("X-Request-ID");
      assertThat(problem.path("instance").asText()).isEqualTo("/" + how);
      assertThat(log.records).as(how).hasSize(1);
      assertThat(log.records.get(0).getMessage()).contains("req-42", "GET /" + how);
      assertThat(log.records.get(0).getThrown()).hasMessageContaining("secret");
    }
  }

  /** An answer to a command must fit into Jersey's buffer, whatever the client writes there. */
  @Test
  void shouldStayShortHoweverLongThePathIs() throws Exception {
    String path = problem(get("at-once;" + "a".repeat(5000)), 500).path("instance").asText();
    assertThat(path).isEqualTo("/at-once;" + "a".repeat(Problem.LONGEST_INSTANCE - 9));
    String escaped = problem(get("at-once;" + "%61".repeat(2000)), 500).path("instance").asText();
    assertThat(escaped).isEqualTo("/at-once;" + "%61".repeat(82));
    String fits = problem(get("at-once;" + "a".repeat(247)), 500).path("instance").asText();
    assertThat(fits).hasSize(Problem.LONGEST_INSTANCE);
  }

  @Test
  void shouldAskToComeBackWhenTheStoreCannotBeRead() throws Exception {
    HttpResponse<String> answer = get("store");
    assertThat(problem(answer, 503).path("detail").asText()).contains("store");
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(log.records).hasSize(1);
  }

  @Test
  void shouldNotTakeTheClientsChoiceForAnErrorOfTheServer() throws Exception {
    assertThat(problem(get("too-new"), 505).path("detail").asText()).contains("HTTP/1.1");
    problem(get("unheard-of"), 501);
    assertThat(log.records).isEmpty();
  }

  @Test
  void shouldKeepTheStatusOfTheFrameworkButNotItsWords() throws Exception {
    problem(get("jax-rs"), 503);
    problem(get("fine?number=x"), 404);
    problem(get("no/such/path"), 404);
    assertThat(log.records).extracting(LogRecord::getThrown).hasSize(1);
  }
}
