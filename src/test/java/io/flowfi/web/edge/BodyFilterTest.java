package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.flowfi.sse.RawClient;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways to read a body, on Tomcat. */
@Timeout(60)
@ParameterizedClass(name = "holdsThreads={0}")
@ValueSource(booleans = {false, true})
class BodyFilterTest {
  /** The server has four threads. */
  private static final int MORE_THAN_THREADS = 40;

  private static EdgeServer server;

  @Parameter boolean holdsThreads;

  @BeforeParameterizedClassInvocation
  static void start(boolean holdsThreads) throws Exception {
    server =
        new EdgeServer(
            new BodyFilter(Duration.ofSeconds(2), holdsThreads),
            new OpenModeFilter(),
            new CrossSiteFilter(OriginSettings.NONE, new WalletLogin(false)));
  }

  @AfterParameterizedClassInvocation
  static void stop() throws Exception {
    server.close();
  }

  private static String head(String... headers) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  private static RawClient begin(String text) throws Exception {
    RawClient client = server.connect();
    client.send(text);
    return client;
  }

  private static void assertTaken(RawClient client, int length) throws Exception {
    client.readHead();
    assertThat(client.status()).isEqualTo(200);
    String expected = "|" + length;
    assertThat(client.body(Integer.parseInt(client.headers().get("content-length"))))
        .endsWith(expected);
  }

  @Test
  void shouldPassABodyOn() throws Exception {
    try (RawClient client = begin(head("Content-Length: 5") + "12345")) {
      assertTaken(client, 5);
      // and the next request of the connection
      client.send(head("Content-Length: 0"));
      assertTaken(client, 0);
    }
    try (RawClient client = begin(head("Content-Length: 16384") + "x".repeat(16_384))) {
      assertTaken(client, 16_384);
    }
  }

  @Test
  void shouldPassABodyOnThatComesInPieces() throws Exception {
    try (RawClient client = begin(head("Content-Length: 5"))) {
      for (String piece : "12345".split("")) {
        client.send(piece);
        // the slow client itself: a body that comes in pieces
        Thread.sleep(50);
      }
      assertTaken(client, 5);
      client.send(head("Transfer-Encoding: chunked") + "3\r\nabc\r\n");
      // the slow client itself
      Thread.sleep(50);
      client.send("4\r\ndefg\r\n0\r\n\r\n");
      assertTaken(client, 7);
    }
  }

  @Test
  void shouldCheckALateBodysRequestLikeEveryOther() throws Exception {
    try (RawClient client = begin(head("Content-Length: 2", "Origin: https://evil.example"))) {
      // the slow client itself: nothing tells from outside when the server has begun to wait
      Thread.sleep(100);
      client.send("{}");
      client.readHead();
      assertThat(client.status()).isEqualTo(403);
    }
    try (RawClient client = begin(head("Content-Length: 2", "Sec-Fetch-Site: cross-site"))) {
      // the slow client itself
      Thread.sleep(100);
      client.send("{}");
      client.readHead();
      assertThat(client.status()).isEqualTo(403);
    }
  }

  @Test
  void shouldCutABodyThatDribblesIn() throws Exception {
    try (RawClient client = begin(head("Content-Length: 1000"))) {
      long begun = System.nanoTime();
      Thread dribble = dribble(client);
      client.readHead();
      assertThat(client.status()).isEqualTo(408);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(6));
      if (!holdsThreads) { // otherwise Tomcat keeps reading, because its thread is busy anyway
        dribble.join(5_000);
        assertThat(dribble.isAlive()).as("the connection is closed").isFalse();
      }
    }
  }

  private static Thread dribble(RawClient client) {
    Thread dribble =
        new Thread(
            () -> {
              try {
                while (true) {
                  client.send("x");
                  // the slow client itself: always a byte, never an end
                  Thread.sleep(50);
                }
              } catch (Exception cut) {
                // what the tests are about
              }
            });
    dribble.start();
    return dribble;
  }

  /** A faster repeat would not help. */
  @Test
  void shouldSayOfASlowBodyThatItWouldNotBeTakenAnyway() throws Exception {
    String large = head("Content-Length: 20000") + "x".repeat(17_000);
    String encoded = head("Content-Encoding: gzip", "Content-Length: 1000");
    try (RawClient first = begin(large);
        RawClient second = begin(encoded)) {
      dribble(first);
      dribble(second);
      first.readHead();
      assertThat(first.status()).isEqualTo(413);
      second.readHead();
      assertThat(second.status()).isEqualTo(415);
    }
  }

  @Test
  void shouldHoldNoThreadForSlowBodies() throws Exception {
    assumeFalse(holdsThreads, "that is the point of it");
    List<RawClient> slow = new ArrayList<>();
    try {
      for (int i = 0; i < MORE_THAN_THREADS; i++) {
        slow.add(begin(head("Content-Length: 1000") + "x"));
      }
      long begun = System.nanoTime();
      try (RawClient client = begin(head("Content-Length: 2") + "{}")) {
        assertTaken(client, 2);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    } finally {
      for (RawClient client : slow) {
        client.close();
      }
    }
  }

  @Test
  void shouldLetAClientSeeThatItsBodyIsTooLarge() throws Exception {
    try (RawClient client = begin(head("Content-Length: 16385") + "x".repeat(16_385))) {
      client.readHead();
      assertThat(client.status()).isEqualTo(413);
      assertThat(client.headers()).containsEntry("content-type", "application/problem+json");
    }
    try (RawClient client = begin(head("Transfer-Encoding: chunked"))) {
      for (int i = 0; i < 20; i++) {
        client.send("400\r\n" + "x".repeat(1024) + "\r\n");
      }
      client.send("0\r\n\r\n");
      client.readHead();
      assertThat(client.status()).isEqualTo(413);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "GZIP, gzip", "unheard-of"})
  void shouldUnpackNothing(String encoding) throws Exception {
    try (RawClient client =
        begin(head("Content-Encoding: " + encoding, "Content-Length: 3") + "abc")) {
      client.readHead();
      assertThat(client.status()).isEqualTo(415);
    }
    assertThat(server.status("GET /", "Content-Encoding: " + encoding)).isEqualTo(415);
    try (RawClient client =
        begin(head("Content-Encoding: identity", "Content-Length: 3") + "abc")) {
      assertTaken(client, 3);
    }
  }

  @Test
  void shouldTurnMalformedChunksDown() throws Exception {
    assumeFalse(holdsThreads, "to a waiting thread Tomcat answers 400 by itself");
    try (RawClient client = begin(head("Transfer-Encoding: chunked") + "zz\r\nabc\r\n")) {
      client.readHead();
      assertThat(client.status()).isEqualTo(400);
      assertThat(client.headers()).containsEntry("connection", "close");
      assertThat(client.rest()).contains("the body is malformed");
    }
  }

  @Test
  void shouldTurnABodyDownThatEndsTooEarly() throws Exception {
    Socket socket = new Socket("127.0.0.1", server.port());
    try (RawClient client = new RawClient(socket)) {
      client.send(head("Content-Length: 12") + "{\"a\":1}");
      socket.shutdownOutput();
      client.readHead();
      assertThat(client.status()).isEqualTo(400);
    }
  }

  private static HttpResponse<String> overHttp2(
      EdgeServer at, HttpClient client, HttpRequest.BodyPublisher body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + "/"))
            .timeout(Duration.ofSeconds(20))
            .POST(body)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.BodyPublisher withoutLength(int length) {
    return HttpRequest.BodyPublishers.ofInputStream(
        () -> new ByteArrayInputStream(new byte[length]));
  }

  /** There a head need not announce a body. */
  @Test
  void shouldSeeBodiesWithoutLengthOverHttp2() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    assertThat(overHttp2(server, client, HttpRequest.BodyPublishers.noBody()).body())
        .endsWith("|0");
    HttpResponse<String> small = overHttp2(server, client, withoutLength(5));
    assertThat(small.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(small.body()).endsWith("|5");
    assertThat(overHttp2(server, client, withoutLength(16_385)).statusCode()).isEqualTo(413);
  }

  @Test
  void shouldPassOnTheBodyOfARequestThatIsUpgraded() throws Exception {
    assertThat(
            overHttp2(
                    server,
                    HttpClient.newHttpClient(),
                    HttpRequest.BodyPublishers.ofString("12345"))
                .body())
        .endsWith("|5");
    assertThat(overHttp2(server, HttpClient.newHttpClient(), withoutLength(5)).body())
        .endsWith("|5");
  }

  /** A command without its body is another command. */
  @Test
  void shouldTurnARequestDownWhoseBodyTheContainerHasLost() throws Exception {
    try (EdgeServer loses =
        new EdgeServer(
            connector -> connector.setMaxSavePostSize(0),
            new BodyFilter(Duration.ofSeconds(2), holdsThreads))) {
      HttpResponse<String> announced =
          overHttp2(
              loses, HttpClient.newHttpClient(), HttpRequest.BodyPublishers.ofString("12345"));
      assertThat(announced.statusCode()).as(announced.body()).isEqualTo(400);
      HttpResponse<String> inChunks =
          overHttp2(loses, HttpClient.newHttpClient(), withoutLength(5));
      assertThat(inChunks.statusCode()).as(inChunks.body()).isEqualTo(400);
    }
  }

  /**
   * Its waits are by the time of day, so they end at once when that is set ahead: a client that did
   * nothing wrong must know that it may try again.
   */
  @Test
  void shouldCallABodyLateThatTheContainerGivesUp() throws Exception {
    try (EdgeServer givesUp =
            new EdgeServer(
                connector -> connector.setProperty("connectionTimeout", "300"),
                new BodyFilter(Duration.ofSeconds(20), holdsThreads));
        RawClient client = givesUp.connect()) {
      client.send(head("Content-Length: 12") + "{\"a\":1}");
      client.readHead();
      assertThat(client.status()).isEqualTo(408);
    }
  }
}
