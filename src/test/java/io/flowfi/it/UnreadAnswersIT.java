package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.sse.RawClient;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
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

  /**
   * Event 5,000 of 20,000 cannot be read. Jersey would end such an export as if it were complete,
   * and Tomcat would add an error page to it.
   */
  @Test
  void shouldExportWholeOrCutTheConnection() throws Exception {
    try (TomcatServer many = TomcatServer.start(Map.of())) {
      many.stop();
      fill(many.dataFolder().resolve("flowfi.db"));
      many.restart();
      HttpResponse<InputStream> whole = export(many, "?after=5000", "identity");
      assertThat(whole.headers().firstValue("Log-Head")).hasValue("20000");
      assertPositions(whole.body(), 5001, 20_000);
      HttpResponse<InputStream> packed = export(many, "?after=5000", "gzip");
      assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
      assertPositions(new GZIPInputStream(packed.body()), 5001, 20_000);
      assertPositions(export(many, "?before=5000", "identity").body(), 1, 4999);

      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      InputStream cut = export(many, "", "identity").body();
      assertThatThrownBy(() -> cut.transferTo(sent)).isInstanceOf(IOException.class);
      String lines = sent.toString(StandardCharsets.UTF_8);
      String complete = lines.substring(0, lines.lastIndexOf('\n') + 1);
      long last = complete.lines().count();
      assertThat(last).isBetween(4_000L, 4_999L);
      assertPositions(new ByteArrayInputStream(complete.getBytes(StandardCharsets.UTF_8)), 1, last);
      assertThat(lines).doesNotContain("about:blank");
      InputStream cutPacked = new GZIPInputStream(export(many, "", "gzip").body());
      assertThatThrownBy(cutPacked::readAllBytes).isInstanceOf(IOException.class);
      await().until(() -> many.log().contains("is incomplete, so its connection is cut"));
      assertBounded(many);
    }
  }

  /** Clients that do not read theirs leave threads and exports to others, once they are gone. */
  private static void assertBounded(TomcatServer many) throws Exception {
    List<RawClient> stalled = new ArrayList<>();
    String request = "GET /v1/events?after=5000" + head() + "Accept: application/x-ndjson\r\n\r\n";
    try {
      int status;
      do {
        RawClient client = RawClient.connect(many.port(), 4096);
        stalled.add(client);
        client.send(request);
        client.readHead();
        status = client.status();
      } while (status == 200 && stalled.size() < 20);
      assertThat(status).isEqualTo(503);
      assertThat(stalled).hasSizeLessThanOrEqualTo(8 + 1);
      assertThat(many.api().get("health/ready").status()).isEqualTo(200);
    } finally {
      for (RawClient client : stalled) {
        client.close();
      }
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> export(many, "?before=2", "identity").statusCode() == 200);
  }

  private static void fill(Path database) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
              + " INSERT INTO events (seq, type, stream_id, sender, recipient, event_time, payload)"
              + " SELECT i, CASE i WHEN 5000 THEN 'not,a,type' ELSE 'protocol.initialized' END,"
              + " NULL, NULL, NULL, 1800000000, '{\"admin\":\"' || hex(randomblob(60)) || '\"}' FROM n");
      statement.executeUpdate("UPDATE log_head SET seq = 20000");
    }
  }

  private static HttpResponse<InputStream> export(TomcatServer many, String query, String encoding)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(many.uri().resolve("/v1/events" + query))
                .header("Accept", "application/x-ndjson")
                .header("Accept-Encoding", encoding)
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
  }

  private static void assertPositions(InputStream lines, long first, long last) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8))) {
      for (long seq = first; seq <= last; seq++) {
        assertThat(reader.readLine()).startsWith("{\"seq\":" + seq + ",").endsWith("}}");
      }
      assertThat(reader.readLine()).isNull();
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
