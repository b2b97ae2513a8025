package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.sse.RawClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send requests and read the answers late or never. */
@Timeout(120)
class UnreadAnswersIT {
  private static final int LARGEST_PAGE = 200;
  private static final String LARGEST_ANSWER = "/v1/events?order=asc&limit=" + LARGEST_PAGE;
  private static final String I128_MAX = "170141183460469231731687303715884105727";

  private static TomcatServer server;
  private static HttpApi api;

  @BeforeAll
  static void start() {
    server = TomcatServer.start(Map.of());
    api = server.api();
    ObjectNode stream =
        HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2))
            .put("ratePerSecond", I128_MAX)
            .put("depositedAmount", I128_MAX)
            .put("reference", "r".repeat(64));
    for (int i = 0; i < LARGEST_PAGE; i++) {
      api.create(stream.put("streamId", Long.toString(Long.MAX_VALUE - i)));
    }
    stream.remove("streamId");
    api.create(stream.put("depositedAmount", "1").put("streamId", "1"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /**
   * There are more of them than the server has threads, and each could hold one for ten seconds.
   */
  @Test
  void shouldNotLetClientsThatNeverReadKeepTheThreads() throws Exception {
    List<NeverReads> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 32; i++) {
        clients.add(new NeverReads(("GET " + LARGEST_ANSWER + head() + "\r\n").repeat(20)));
      }
      String command = "{\"amount\":\"1\"}";
      for (int i = 0; i < 8; i++) {
        clients.add(
            new NeverReads(
                ("POST /v1/streams/1/top-up"
                        + head()
                        + "Content-Type: application/json\r\nContent-Length: "
                        + command.length()
                        + "\r\n\r\n"
                        + command)
                    .repeat(990)));
      }
      while (clients.stream().filter(NeverReads::goesOn).count() > 0) {
        long asked = System.nanoTime();
        assertThat(api.get("health/ready").status()).isEqualTo(200);
        assertThat(api.post("v1/streams/1/top-up", command).status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
            .as("others do not wait for as long as Tomcat would for a single one of them")
            .isLessThan(Duration.ofSeconds(5));
      }
    } finally {
      for (NeverReads client : clients) {
        client.close();
      }
    }
    assertThat(server.log()).doesNotContain("SEVERE");
  }

  /** The largest answer fits into the socket's buffer, so no thread waits for its reader. */
  @Test
  void shouldGiveTheLargestAnswerToAClientThatReadsLate() throws Exception {
    try (RawClient client = RawClient.connect(server.port(), 4096)) {
      client.send("GET " + LARGEST_ANSWER + head() + "Connection: close\r\n\r\n");
      // far longer than the server waits for clients that do not read
      Thread.sleep(1_500);
      client.readHead();
      assertThat(client.status()).isEqualTo(200);
      String body = client.rest();
      assertThat(body).hasSizeGreaterThan(100_000);
      assertThat(new ObjectMapper().readTree(body).path("events")).hasSize(LARGEST_PAGE);
    }
  }

  private static String head() {
    return " HTTP/1.1\r\nHost: localhost\r\n";
  }

  /** Sends its requests as fast as the server takes them. */
  private static final class NeverReads implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open();
    private final ByteBuffer requests;
    private boolean gone;

    NeverReads(String requests) throws IOException {
      this.requests = ByteBuffer.wrap(requests.getBytes(StandardCharsets.US_ASCII));
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
      channel.connect(new InetSocketAddress("127.0.0.1", server.port()));
      channel.configureBlocking(false);
    }

    /** Sends more; false once the server has closed the connection. */
    boolean goesOn() {
      try {
        if (!gone && requests.hasRemaining()) {
          channel.write(requests);
        } else if (!gone) {
          // a blank line is no request, but it shows whether the connection is still there
          channel.write(ByteBuffer.wrap("\r\n".getBytes(StandardCharsets.US_ASCII)));
        }
      } catch (IOException cut) {
        gone = true;
      }
      return !gone;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
