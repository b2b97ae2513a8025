package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the test client itself against a server whose every byte is known. */
@Timeout(20)
class EventStreamTest {
  private static final String PLAIN = "HTTP/1.1 200 \r\nContent-Type: text/event-stream\r\n\r\n";
  private static final Duration AT_MOST = Duration.ofSeconds(10);

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  @Test
  void shouldRecordFramesAndBytesAsSent() {
    String body =
        ": hi\nretry: 2000\ndata: {\"a\":1}\nid: 4\n\nevent: x\ndata: é\ndata: b\nid: 5\n\nevent: heartbeat\ndata: {}\nid: 6\n\n";
    answer(PLAIN + body);
    try (EventStream events = EventStream.at(server.getLocalPort()).open()) {
      assertThat(events.nextEvent().json().path("a").asInt()).isEqualTo(1);
      assertThat(events.nextEvent("x").data()).isEqualTo("é\nb");
      events.awaitEnd(AT_MOST);
      events.assertNothingUnexpected();
      assertThat(events.lastEventId()).isEqualTo("6");
      assertThat(events.text()).isEqualTo(body);
      assertThat(events.frames())
          .containsExactly(
              new SseFrame("4", null, "{\"a\":1}", 2000L, List.of("hi")),
              new SseFrame("5", "x", "é\nb", null, List.of()),
              new SseFrame("6", "heartbeat", "{}", null, List.of()));
    }
  }

  @Test
  void shouldTakeChunksApartWhereverTheyAreCut() {
    answer(
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n8\r\n a\nid: 1\r\n2\r\n\n\n\r\n0\r\n\r\n");
    try (EventStream events = EventStream.at(server.getLocalPort()).open()) {
      SseFrame frame = events.nextEvent();
      assertThat(frame.id()).isEqualTo("1");
      assertThat(frame.data()).isEqualTo("a");
      events.awaitEnd(AT_MOST);
    }
  }

  @Test
  void shouldNotCallABrokenChunkAnEnd() {
    answer("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n9\r\nid: 1\n");
    try (EventStream events = EventStream.at(server.getLocalPort()).open()) {
      assertThatThrownBy(() -> events.awaitEnd(AT_MOST)).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void shouldReportUnexpectedEvents() {
    answer(PLAIN + "event: a\ndata: 1\nid: 1\n\nevent: b\ndata: 2\nid: 2\n\n");
    try (EventStream events = EventStream.at(server.getLocalPort()).open()) {
      events.nextEvent("a");
      events.awaitEvent("b");
      assertThatThrownBy(events::assertNothingUnexpected).hasMessageContaining("nobody expected");
    }
  }

  @Test
  void shouldReportLinesThatNoEventStreamHas() {
    answer(PLAIN + "evnt: a\ndata: 1\nid: 1\n\n");
    try (EventStream events = EventStream.at(server.getLocalPort()).open()) {
      events.awaitGone(AT_MOST);
      assertThatThrownBy(events::assertNothingUnexpected).hasMessageContaining("evnt");
    }
  }

  @Test
  void shouldFailWhenNoEventComes() {
    answer(PLAIN + "event: heartbeat\ndata: {}\nid: 1\n\n");
    try (EventStream events = EventStream.at(server.getLocalPort()).open()) {
      assertThatThrownBy(() -> events.nextEvent("a")).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void shouldFailWhenNotSubscribed() {
    answer("HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n");
    assertThatThrownBy(() -> EventStream.at(server.getLocalPort()).open())
        .hasMessageContaining("400");
  }

  @Test
  void shouldReadNothingWhilePaused() {
    answer(PLAIN + "data: 1\nid: 1\n\n");
    try (EventStream events = EventStream.at(server.getLocalPort()).paused().open()) {
      assertThat(events.nextEvent(Duration.ofMillis(50))).isEmpty();
      assertThat(events.bytes()).isEmpty();
      events.resumeReading();
      assertThat(events.nextEvent().data()).isEqualTo("1");
    }
  }

  /** Answers the next connection, after its request has been read, and ends it. */
  private void answer(String text) {
    CompletableFuture<Void> unused =
        CompletableFuture.runAsync(
            () -> {
              try (Socket socket = server.accept()) {
                StringBuilder request = new StringBuilder();
                while (request.indexOf("\r\n\r\n") < 0) {
                  request.append((char) socket.getInputStream().read());
                }
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
  }
}
