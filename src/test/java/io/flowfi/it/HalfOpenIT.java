package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The heap holds every connection the server accepts, each in its most expensive state. */
@Timeout(180)
class HalfOpenIT {
  /** As many for this heap as the shipped 12,000 are for the shipped 1 GB. */
  private static final int SOCKETS = 4_500;

  private static final String HEAP = "384m";

  @Test
  void shouldOutliveAsManyRequestsWithoutEndAsItAccepts() throws Exception {
    String head = "GET /v1/streams HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + "a".repeat(16 * 1024);
    List<Socket> halfOpen = new ArrayList<>();
    try (TomcatServer server =
        TomcatServer.start(
            Map.of("FLOWFI_HEAP_MAX", HEAP, "FLOWFI_MAX_SOCKETS", Integer.toString(SOCKETS)))) {
      try {
        for (int i = 0; i < SOCKETS; i++) {
          Socket socket = new Socket();
          socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 10_000);
          halfOpen.add(socket);
          socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        }
      } finally {
        for (Socket socket : halfOpen) {
          closeQuietly(socket);
        }
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(() -> server.api().get("/health/ready").status() == 200);
      assertThat(server.isAlive()).isTrue();
      assertThat(server.log()).doesNotContain("OutOfMemory");
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyGone) {
      assertThat(socket.isClosed()).isTrue();
    }
  }
}
