package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.TestKeyStore;
import io.flowfi.threads.DaemonThreads;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/deploy/check.sh} says of servers that are wrong in everything it looks at. */
@Timeout(120)
class CheckScriptTest {
  private static final String STREAM =
      "event: connected\ndata: {\"type\":\"connected\",\"clientId\":\"c-1\",\"log\":\"x\"}\n\n";

  private static final List<String> OF_HEADERS =
      List.of("pages may run only their own scripts", "browsers guess no types");

  @TempDir private Path folder;

  /** Answers as it is told, one request a connection. */
  private static final class Server implements AutoCloseable {
    private final DaemonThreads threads = new DaemonThreads("wrong-server");
    private final ExecutorService executor = Executors.newCachedThreadPool(threads);
    private final ServerSocket socket;
    private final Function<String, String> answers;

    Server(ServerSocket socket, Function<String, String> answers) {
      this.socket = socket;
      this.answers = answers;
      executor.execute(this::accept);
    }

    String address(String scheme) {
      return scheme + "://127.0.0.1:" + socket.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = socket.accept();
          executor.execute(() -> answer(client));
        }
      } catch (IOException closed) {
        // the end
      }
    }

    private void answer(Socket client) {
      try (client) {
        BufferedReader head =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        String first = head.readLine();
        String line = first;
        while (line != null && !line.isEmpty()) {
          line = head.readLine();
        }
        if (first != null) {
          String answer = "HTTP/1.1 " + answers.apply(first.split(" ")[1]);
          client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        }
      } catch (IOException gone) {
        // a client that does not speak as it should, or has left
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      executor.shutdownNow();
      threads.awaitEnd();
    }
  }

  private static ServerSocket plain() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private ServerSocket encrypted() throws Exception {
    char[] password = TestKeyStore.PASSWORD.toCharArray();
    KeyStore store = KeyStore.getInstance(TestKeyStore.in(folder).toFile(), password);
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static String wrong(String target) {
    String path = target.replaceFirst("[?].*", "");
    return switch (path) {
      case "/health" -> "200 OK\r\nConnection: close\r\n\r\n{\"mode\":\"open\"}";
      case "/health/ready" -> "503 Not ready\r\nConnection: close\r\n\r\n";
      case "/health/live" ->
          "200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nConnection: close\r\n\r\n";
      case "/v1/streams/none" ->
          "404 Not found\r\nConnection: close\r\n\r\njava.lang.IllegalStateException";
      case "/v1/events" ->
          "200 OK\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n[]";
      case "/v1/events/subscribe" ->
          "200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: identity\r\n"
              + "Connection: close\r\n\r\n"
              + STREAM;
      case "/v1/admin/connections" ->
          "200 OK\r\nConnection: close\r\n\r\n"
              + "{\"connections\":[{\"clientId\":\"c-1\",\"address\":\"203.0.113.77\"}]}";
      case "/v1/admin/drain" -> "200 OK\r\nConnection: close\r\n\r\n{\"state\":\"drained\"}";
      case "/v1/admin/support-bundle" ->
          bundle("{\"ADMIN_PUBLIC_KEY\":\"G1,G2,G3,G4,G5,G6\",\"RATE_LIMIT\":\"off\"}");
      default -> "200 OK\r\nConnection: close\r\n\r\n";
    };
  }

  /** One character a byte. */
  private static String bundle(String settings) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("settings.json"));
      zip.write(settings.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "200 OK\r\nConnection: close\r\n\r\n" + bytes.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void shouldFindNothingInOrderWhereNothingIs() throws Exception {
    try (Server server = new Server(plain(), CheckScriptTest::wrong)) {
      String report = check(server.address("http"), "");
      assertThat(said("FAILED", report))
          .containsAll(OF_HEADERS)
          .contains(
              "the pages are served over TLS",
              "authentication is on",
              "nobody without a token reads events",
              "an unsigned token is refused",
              "pages of other origins read nothing",
              "metrics are not for everybody",
              "errors name no code",
              "it is ready",
              "its clock is right (within 2 s of this machine's)",
              "so do its heartbeats",
              "event streams are not compressed",
              "nobody chooses the address that counts as his",
              "iss and aud of tokens are checked",
              "administrators by account are few, 5 at most",
              "rates are limited",
              "how long events are kept is decided",
              "how long the audit log is kept is decided",
              "nobody has taken the node out of the traffic");
      assertThat(said("ok", report))
          .containsExactly(
              "the token is an administrator's", "an event stream arrives while it is open");
    }
  }

  /** The settings are in order, and the server does not do what they say. */
  @Test
  void shouldFindThatOldEventsStayAndThatNodesEndAtOnce() throws Exception {
    String settings =
        "{\"AUDIT_RETENTION\":\"unlimited\",%s\"EVENT_RETENTION\":\"1000000,90d\","
            + "\"JWT_AUDIENCE\":\"flowfi\",\"JWT_ISSUER\":\"https://issuer.example.com\"}";
    String drain = "\"DRAIN_DELAY\":\"%s\",\"DRAIN_WINDOW\":\"20s\",";
    List<String> right =
        List.of(
            "iss and aud of tokens are checked",
            "administrators by account are few, 5 at most",
            "rates are limited",
            "how long events are kept is decided",
            "how long the audit log is kept is decided");
    String time = "a node that stops leaves its balancer and its clients time";
    String gone = "older events are gone";
    String report = ofTwoNodes(settings.formatted(drain.formatted("0s")), 100);
    assertThat(said("ok", report)).containsAll(right).contains("2 nodes have this log");
    assertThat(said("FAILED", report)).contains(time, gone);
    report = ofTwoNodes(settings.formatted(""), 98);
    assertThat(said("FAILED", report)).contains(time);
    assertThat(said("ok", report)).contains(gone);
    report = ofTwoNodes(settings.formatted(drain.formatted("10s")), 100);
    assertThat(said("ok", report)).contains(time);
    assertThat(said("FAILED", report)).contains(gone);
  }

  /**
   * @param days how old the older one of two events is
   */
  private String ofTwoNodes(String settings, int days) throws Exception {
    long then = Instant.now().minus(Duration.ofDays(days)).getEpochSecond();
    String event = "{\"seq\":%d,\"type\":\"stream.created\",\"timestamp\":%d,\"data\":{}}";
    Function<String, String> answers =
        target ->
            switch (target.replaceFirst("[?].*", "")) {
              case "/v1/events" ->
                  "200 OK\r\nConnection: close\r\n\r\n{\"events\":["
                      + event.formatted(1, then)
                      + ","
                      + event.formatted(2, then + 1000)
                      + "]}";
              case "/v1/events/stats" ->
                  "200 OK\r\nConnection: close\r\n\r\n{\"connections\":1,\"cluster\":"
                      + "{\"nodes\":[{\"uptimeSeconds\":1},{\"uptimeSeconds\":2}]}}";
              case "/v1/admin/support-bundle" -> bundle(settings);
              default -> wrong(target);
            };
    try (Server server = new Server(plain(), answers)) {
      return check(server.address("http"), "");
    }
  }

  @Test
  void shouldMissHeadersAndACertificateThatIsBelieved() throws Exception {
    try (Server server = new Server(encrypted(), CheckScriptTest::wrong)) {
      String report = check(server.address("https"), "--insecure");
      assertThat(said("FAILED", report))
          .containsAll(OF_HEADERS)
          .contains(
              "answers demand TLS from now on (HSTS)",
              "the certificate is valid for three weeks more");
      assertThat(said("ok", report)).contains("TLS 1.0 and 1.1 are refused");
      assertThat(said("FAILED", check(server.address("https"), "")))
          .contains("the pages are served over TLS with a certificate that clients believe");
    }
  }

  /** A proof that no answer gives is none. */
  @Test
  void shouldFindNothingInOrderWhereNobodyAnswers() throws Exception {
    int nobody;
    try (ServerSocket free = plain()) {
      nobody = free.getLocalPort();
    }
    assertUnproven(check("http://127.0.0.1:" + nobody, ""));
    assertUnproven(check("https://127.0.0.1:" + nobody, ""));
  }

  /** As a proxy does whose server is down. */
  @Test
  void shouldFindNothingInOrderWhereOnlyTheProxyAnswers() throws Exception {
    try (Server server =
        new Server(plain(), path -> "502 Bad gateway\r\nConnection: close\r\n\r\n")) {
      assertUnproven(check(server.address("http"), ""));
    }
  }

  private static void assertUnproven(String report) {
    assertThat(said("ok", report)).as(report).isEmpty();
    assertThat(said("UNKNOWN", report))
        .contains(
            "pages of other origins read nothing",
            "metrics are not for everybody",
            "errors name no code",
            "event streams are not compressed",
            "nobody chooses the address that counts as his",
            "several nodes",
            "iss and aud of tokens are checked",
            "administrators by account are few, 5 at most",
            "rates are limited",
            "how long events are kept is decided",
            "how long the audit log is kept is decided");
  }

  private static List<String> said(String result, String report) {
    return report
        .lines()
        .filter(line -> line.startsWith(result + " "))
        .map(line -> line.substring(result.length()).strip())
        .toList();
  }

  private String check(String url, String curlOptions) throws Exception {
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "docs/deploy/check.sh", url)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    builder
        .environment()
        .putAll(Map.of("TOKEN", "t", "CURL_OPTIONS", "--noproxy * " + curlOptions));
    Process script = builder.start();
    assertThat(script.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(script.exitValue()).isEqualTo(1);
    return Files.readString(said);
  }
}
