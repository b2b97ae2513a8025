package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In whatever way a client leaves its event stream, its slot becomes free. */
@Timeout(180)
class ConnectionEndingsIT {
  private static final int TURNS = 2_000;
  private static final long SEED = 20260301L;

  @ParameterizedTest
  @ValueSource(strings = {"detached", "async"})
  void shouldFreeEveryPlaceHoweverTheConnectionEnds(String output) throws Exception {
    Random random = new Random(SEED);
    try (TomcatServer server =
        TomcatServer.start(
            Map.of(
                "SSE_OUTPUT", output,
                "SSE_STALL_TIMEOUT", "1s",
                "SSE_HEARTBEAT_INTERVAL", "2s",
                "MAX_SSE_CONNECTIONS_PER_IP", "10000"))) {
      List<Socket> unread = new ArrayList<>();
      for (int turn = 0; turn < TURNS; turn++) {
        end(server, random, unread);
      }
      // events flow, so that clients that do not read, or have reset, are detected
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(200))
          .untilAsserted(
              () -> {
                server
                    .api()
                    .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
                JsonNode stats = server.api().get("/v1/events/stats").json();
                int open = stats.path("activeConnections").asInt();
                assertThat(open).isLessThanOrEqualTo(unread.size());
              });
      for (Socket socket : unread) {
        socket.close();
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(200))
          .untilAsserted(
              () -> {
                server
                    .api()
                    .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
                JsonNode stats = server.api().get("/v1/events/stats").json();
                assertThat(stats.path("activeConnections").asInt()).isZero();
                assertThat(stats.path("activeIps").asInt()).isZero();
              });
    }
  }

  private static void end(TomcatServer server, Random random, List<Socket> unread)
      throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress("127.0.0.1", server.port()), 5_000);
    socket.setSoTimeout(5_000);
    String request = "GET /v1/events/subscribe?all=true HTTP/1.1\r\nHost: localhost\r\n\r\n";
    int way = random.nextInt(7);
    int sent = way == 0 ? random.nextInt(request.length()) : request.length();
    socket.getOutputStream().write(request.substring(0, sent).getBytes(StandardCharsets.US_ASCII));
    switch (way) {
      case 0, 1 -> socket.close(); // before the answer
      case 2 -> { // a reset before the answer
        socket.setSoLinger(true, 0);
        socket.close();
      }
      case 3 -> { // a reset in the middle of it
        socket.getInputStream().read();
        socket.setSoLinger(true, 0);
        socket.close();
      }
      case 4 -> { // an orderly end
        socket.getInputStream().read(new byte[2048]);
        socket.close();
      }
      case 5 -> { // talks on, then leaves
        socket.getOutputStream().write("more\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().read();
        socket.close();
      }
      default -> {
        if (unread.size() < 20) {
          unread.add(socket); // never reads
        } else {
          socket.shutdownOutput();
          socket.close();
        }
      }
    }
  }
}
