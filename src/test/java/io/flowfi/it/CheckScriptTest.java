package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.servers.Needed;
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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static final String AUTHORIZATION = "Authorization:";

  private static final List<String> OF_HEADERS =
      List.of("pages may run only their own scripts", "browsers guess no types");

  @TempDir private Path folder;

  /** What is answered to a request. */
  private interface Answers {
    /**
     * @param authorization empty without that header
     */
    String to(String target, String authorization);
  }

  /** Answers as it is told, one request a connection. */
  private static final class Server implements AutoCloseable {
    private final DaemonThreads threads = new DaemonThreads("wrong-server");
    private final ExecutorService executor = Executors.newCachedThreadPool(threads);
    private final ServerSocket socket;
    private final Answers answers;

    Server(ServerSocket socket, Answers answers) {
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
        String authorization = "";
        String line = first;
        while (line != null && !line.isEmpty()) {
          line = head.readLine();
          if (line != null
              && line.regionMatches(true, 0, AUTHORIZATION, 0, AUTHORIZATION.length())) {
            authorization = line.substring(AUTHORIZATION.length()).strip();
          }
        }
        if (first != null) {
          String answer = "HTTP/1.1 " + answers.to(first.split(" ")[1], authorization);
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

  /**
   * @param days how long its certificate is valid
   */
  private ServerSocket encrypted(int days) throws Exception {
    char[] password = TestKeyStore.PASSWORD.toCharArray();
    KeyStore store = KeyStore.getInstance(TestKeyStore.in(folder, days).toFile(), password);
    pem("CERTIFICATE", store.getCertificate("server").getEncoded());
    pem("PRIVATE KEY", store.getKey("server", password).getEncoded());
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private void pem(String what, byte[] encoded) throws IOException {
    String text = Base64.getMimeEncoder().encodeToString(encoded);
    Files.writeString(
        folder.resolve(what + ".pem"),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what));
  }

  private static String wrong(String target, String authorization) {
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
    Answers answers =
        (target, authorization) ->
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
              default -> wrong(target, authorization);
            };
    try (Server server = new Server(plain(), answers)) {
      return check(server.address("http"), "");
    }
  }

  /** As an installation is whose proofs all hold, but for what a test says. */
  private static String right(String target, String authorization) {
    boolean admin = authorization.equals("Bearer t");
    String path = target.replaceFirst("[?].*", "");
    return switch (path) {
      case "/" ->
          "200 OK\r\nStrict-Transport-Security: max-age=31536000\r\n"
              + "Content-Security-Policy: default-src 'self'\r\n"
              + "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n";
      case "/health" -> ok("{\"mode\":\"secured\"}");
      case "/health/live" ->
          "200 OK\r\nDate: %s\r\nConnection: close\r\n\r\n"
              .formatted(
                  DateTimeFormatter.RFC_1123_DATE_TIME.format(
                      Instant.now().atOffset(ZoneOffset.UTC)));
      case "/health/ready" -> ok("");
      case "/v1/events" -> admin ? ok("{\"events\":[]}") : "401 No\r\nConnection: close\r\n\r\n";
      case "/v1/streams/none" -> "401 No\r\nConnection: close\r\n\r\n{\"title\":\"No\"}";
      case "/v1/events/subscribe" ->
          "200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
              + STREAM
              + "event: heartbeat\ndata: {}\n\n";
      case "/v1/events/stats" ->
          ok("{\"connections\":1,\"cluster\":{\"nodes\":[{\"uptime\":1},{\"uptime\":2}]}}");
      case "/v1/admin/connections" ->
          ok("{\"connections\":[{\"clientId\":\"c-1\",\"address\":\"127.0.0.1\"}]}");
      case "/v1/admin/drain" -> ok("{\"state\":\"serving\"}");
      case "/v1/admin/support-bundle" ->
          bundle(
              "{\"ADMIN_PUBLIC_KEY\":\"G1,G2,G3,G4,G5\",\"AUDIT_RETENTION\":\"unlimited\","
                  + "\"DRAIN_DELAY\":\"10s\",\"DRAIN_WINDOW\":\"20s\",\"EVENT_RETENTION\":\"90d\","
                  + "\"JWT_AUDIENCE\":\"flowfi\",\"JWT_ISSUER\":\"https://issuer.example.com\"}");
      default -> "404 Not found\r\nConnection: close\r\n\r\n";
    };
  }

  private static String ok(String body) {
    return "200 OK\r\nConnection: close\r\n\r\n" + body;
  }

  @Test
  void shouldFindAllInOrderWhereItIs() throws Exception {
    try (Server server = new Server(encrypted(90), CheckScriptTest::right)) {
      Path authority = folder.resolve("CERTIFICATE.pem");
      String report = check(server.address("https"), "--cacert " + authority, Map.of(), 0);
      assertThat(said("ok", report)).as(report).hasSize(28).doesNotHaveDuplicates();
      assertThat(report).endsWith("\n0 failed, 0 could not be proven, 0 left out\n");
    }
  }

  /** Half of a proof is none. */
  @Test
  void shouldFindWhatIsOnlyNearlyInOrder() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Answers answers =
        (target, authorization) ->
            switch (target) {
              case "/health/ready" ->
                  looks.incrementAndGet() == 4
                      ? "503 Not ready\r\nConnection: close\r\n\r\n"
                      : ok("");
              case "/v1/events?limit=1" ->
                  authorization.startsWith("Bearer ey")
                      ? ok("{\"events\":[]}")
                      : right(target, authorization);
              case "/v1/admin/support-bundle" ->
                  bundle(
                      "{\"ADMIN_PUBLIC_KEY\":\"G1,G2,G3,G4,G5,G6\",\"AUDIT_RETENTION\":\"90d\","
                          + "\"DRAIN_DELAY\":\"10s\",\"DRAIN_WINDOW\":\"0s\","
                          + "\"EVENT_RETENTION\":\"unlimited\",\"JWT_AUDIENCE\":\"flowfi\"}");
              default -> right(target, authorization);
            };
    try (Server server = new Server(plain(), answers)) {
      String report = check(server.address("http"), "", Map.of("MOST_ADMINS", "6"), 1);
      assertThat(said("FAILED", report))
          .containsExactlyInAnyOrder(
              "the pages are served over TLS",
              "an unsigned token is refused",
              "it is ready",
              "iss and aud of tokens are checked",
              "a node that stops leaves its balancer and its clients time");
      assertThat(said("ok", report)).contains("administrators by account are few, 6 at most");
    }
  }

  /** By OpenSSL: the JDK's own TLS refuses it. */
  @Test
  void shouldFindThatOldTlsIsTaken() throws Exception {
    encrypted(90).close();
    Process openssl = openssl();
    try (BufferedReader says = openssl.inputReader()) {
      String line = says.readLine();
      while (line != null && !line.startsWith("ACCEPT ")) {
        line = says.readLine();
      }
      Needed.need(line != null, "OpenSSL does not serve: old TLS is untried");
      String port = line.substring(line.lastIndexOf(':') + 1);
      String report = check("https://127.0.0.1:" + port, "--insecure");
      assertThat(said("FAILED", report)).contains("TLS 1.0 and 1.1 are refused");
    } finally {
      openssl.destroyForcibly().waitFor();
    }
  }

  private Process openssl() throws IOException {
    try {
      return new ProcessBuilder(
              "openssl",
              "s_server",
              "-accept",
              "127.0.0.1:0",
              "-cert",
              folder.resolve("CERTIFICATE.pem").toString(),
              "-key",
              folder.resolve("PRIVATE KEY.pem").toString(),
              "-www",
              "-cipher",
              "ALL:@SECLEVEL=0")
          .redirectErrorStream(true)
          .start();
    } catch (IOException missing) {
      Needed.need(false, "openssl is not installed: old TLS is untried");
      throw missing;
    }
  }

  @Test
  void shouldMissHeadersAndACertificateThatIsBelieved() throws Exception {
    try (Server server = new Server(encrypted(1), CheckScriptTest::wrong)) {
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
        new Server(
            plain(), (target, authorization) -> "502 Bad gateway\r\nConnection: close\r\n\r\n")) {
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
    return check(url, curlOptions, Map.of(), 1);
  }

  /**
   * @param code how it has to end
   */
  private String check(String url, String curlOptions, Map<String, String> more, int code)
      throws Exception {
    Path said = folder.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "docs/deploy/check.sh", url)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    Map<String, String> environment = new HashMap<>(more);
    environment.put("TOKEN", "t");
    environment.put("CURL_OPTIONS", "--noproxy * " + curlOptions);
    builder.environment().putAll(environment);
    Process script = builder.start();
    assertThat(script.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String report = Files.readString(said);
    assertThat(script.exitValue()).as(report).isEqualTo(code);
    return report;
  }
}
