package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What was accepted is what must be delivered; so its count decides what counts as lost. */
@Timeout(60)
class PublisherTest {
  private final Set<String> bodies = Collections.synchronizedSet(new TreeSet<>());
  private HttpServer server;
  private int requests;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Refuses the third request, and breaks the connection of the fifth. */
  private void answer(HttpExchange exchange) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII));
    requests++;
    if (requests == 5) {
      exchange.close();
      return;
    }
    byte[] answer = "{\"n\":\"%d\"}".formatted(requests).getBytes(StandardCharsets.US_ASCII);
    // without a length it comes in chunks
    exchange.sendResponseHeaders(requests == 3 ? 409 : 201, requests % 2 == 0 ? answer.length : 0);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  @Test
  void shouldTellAcceptedRequestsFromRefusedAndBrokenOnes() {
    int port = server.getAddress().getPort();
    Command command =
        Command.of(
            new PreparedRequest(
                port,
                "/publish",
                "application/json",
                "{\"r\":\"" + PreparedRequest.MARKER + "\"}"));
    long before = WallClock.micros();
    try (Publisher publisher = new Publisher(port, List.of(command))) {
      publisher.publish(200, 10);
      assertThat(publisher.awaitIdle(20)).isTrue();
      PublisherFigures figures = publisher.window();
      assertThat(figures.accepted()).isEqualTo(8);
      assertThat(figures.refused()).isEqualTo(1);
      assertThat(figures.broken()).isEqualTo(1);
      assertThat(figures.firstRefusal()).startsWith("HTTP/1.1 409");
      assertThat(figures.answerTimes().getTotalCount()).isEqualTo(9);
      assertThat(figures.perSecond()).isEqualTo(8 / figures.seconds());
      assertThat(publisher.window().accepted()).as("of a new window").isZero();
    }
    assertThat(bodies)
        .as("each with the time of its sending")
        .hasSize(10)
        .allMatch(body -> body.matches("\\{\"r\":\"tmk\\d{16}\"\\}"))
        .allMatch(body -> Long.parseLong(body.substring(9, 25)) >= before);
  }
}
