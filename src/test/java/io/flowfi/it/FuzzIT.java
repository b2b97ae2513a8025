package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.auth.TestTokens;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.stellar.sdk.KeyPair;

/**
 * Very many random and malformed requests. It prints its seed when it fails; {@code mvn -Pfuzz
 * verify} runs it alone, for longer and with another seed every time; {@code
 * -Dflowfi.fuzz.requests=} and {@code -Dflowfi.fuzz.seed=} set the number and the seed.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class FuzzIT {
  private static final int REQUESTS = Integer.getInteger("flowfi.fuzz.requests", 100_000);
  private static final long SEED = Long.getLong("flowfi.fuzz.seed", 20260301L);
  private static final int THREADS = 6;

  /** What an answer must not contain: class names, stack frames, SQL. */
  private static final Pattern INSIDE =
      Pattern.compile(
          "(?s).*(\\bat (java|org|io|com|jakarta)\\.|(java|org|com|jakarta)\\.[a-z]+\\.[A-Za-z.]*[A-Z]|io\\.flowfi\\.|Exception|SQLITE|SELECT |Tomcat|Coyote|Jersey).*");

  private static final String[] PATHS = {
    "/",
    "/index.html",
    "/test-client.html",
    "/shared/base.css",
    "/health",
    "/health/live",
    "/health/ready",
    "/v1/events",
    "/events",
    "/v1/events/stats",
    "/v1/events/subscribe",
    "/v1/streams",
    "/streams",
    "/v1/streams/1",
    "/v1/streams/1/events",
    "/v1/streams/1/claimable",
    "/v1/streams/1/withdraw",
    "/v1/streams/1/top-up",
    "/v1/streams/1/pause",
    "/v1/streams/2/resume",
    "/v1/streams/2/cancel",
    "/v1/streams/summary/x",
    "/v1/users",
    "/v1/users/me",
    "/v1/users/x",
    "/v1/users/x/summary",
    "/v1/users/x/events",
    "/problem",
    "/WEB-INF/web.xml",
    "/v1",
    "/v1/v1/streams",
    "/metrics",
    "/openapi.json",
    "/docs/",
    "/admin/",
    "/v1/auth",
    "/v1/auth/session",
    "/v1/auth/challenge",
    "/v1/auth/verify",
    "/v1/auth/ticket",
    "/favicon.ico",
    "//",
    "/.",
    "/..",
    "/v1/../v1/streams"
  };
  private static final String[] METHODS = {
    "GET",
    "GET",
    "GET",
    "POST",
    "POST",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "X"
  };
  private static final String[] PARAMETERS = {
    "streams",
    "users",
    "all",
    "types",
    "lastEventId",
    "snapshot",
    "limit",
    "cursor",
    "order",
    "sort",
    "status",
    "sender",
    "recipient",
    "token",
    "account",
    "home_domain",
    "cookie",
    "after",
    "before",
    "at",
    "offset",
    "ticket",
    "stream",
    "user",
    "type",
    ""
  };
  private static final String[] HEADERS = {
    "Accept",
    "Content-Type",
    "Authorization",
    "Idempotency-Key",
    "If-Match",
    "Last-Event-ID",
    "X-Request-ID",
    "Origin",
    "Cookie",
    "Sec-Fetch-Site",
    "Content-Encoding",
    "Expect",
    "Range",
    "If-None-Match",
    "If-Modified-Since",
    "Accept-Encoding",
    "Upgrade",
    "Connection",
    "TE",
    "X-Forwarded-For",
    "Forwarded",
    "Via",
    "Accept-Language",
    "Accept-Charset",
    "HTTP2-Settings",
    "Transfer-Encoding",
    "Access-Control-Request-Method"
  };
  private static final String[] VALUES = {
    "",
    "0",
    "1",
    "-1",
    "2",
    "99",
    "18446744073709551615",
    "18446744073709551616",
    "170141183460469231731687303715884105727",
    "1e9",
    "NaN",
    "true",
    "false",
    "null",
    "*",
    "*/*",
    "text/html",
    "application/json",
    "application/json;charset=utf-16",
    "text/event-stream",
    "a/b/c",
    "gzip",
    "chunked",
    "identity",
    "100-continue",
    "websocket",
    "h2c",
    "close",
    "keep-alive",
    "bytes=0-1",
    "bytes=-1,0-",
    "\"1\"",
    "W/\"1\"",
    "__Host-flowfi=x",
    "Bearer x.y.z",
    "same-origin",
    "cross-site",
    "http://localhost",
    "https://evil.example",
    "stream.created",
    "desc",
    "ACTIVE",
    "%00",
    "%0d%0aX: y",
    "%ff%fe",
    "%c0%ae",
    "'\"<>&",
    "' OR 1=1 --",
    "${jndi:ldap://x}",
    "../../..",
    "\u00e9\u00ff",
    "GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6",
    "CCFQRS6MYEFOQG3HZJ2KMX6VF5XB56M2BD3HGJOPFWRT5BG5EP7AQJRW"
  };
  private static final String[] BODIES = {
    "",
    "{}",
    "[]",
    "null",
    "{",
    "{\"amount\":\"1\"}",
    "{\"amount\":1}",
    "{\"amount\":1e400}",
    "{\"amount\":{}}",
    "{\"a\":1,\"a\":2}",
    "{\"reference\":\"\\u0000\"}",
    "{\"reference\":\"\\ud800\"}",
    "[[[[[[[[[[[[",
    "{\"streamId\":-1}",
    "\u00ef\u00bb\u00bf{}",
    "{\"startTime\":9223372036854775808}",
    "{\"startTime\":1.5}",
    "\u0000\u0000",
    "amount=1",
    "{\"transaction\":\"AAAAAgAAAAC\"}",
    "{\"transaction\":7,\"cookie\":\"yes\"}",
    "transaction=AAAAAgAAAAA&cookie=true"
  };

  private final AtomicLong sent = new AtomicLong();
  private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
  private final Map<String, String> findings = new ConcurrentHashMap<>();

  /** Credentials for half of the requests, and for the test itself; empty in open mode. */
  private String[] credentials = {};

  @Test
  void shouldSurviveNonsense() throws Exception {
    survive(Map.of(), REQUESTS, 200, 400, 403, 404, 405, 415);
  }

  @Test
  void shouldSurviveNonsenseOfCallersItKnows() throws Exception {
    Instant longEnough = Instant.now().plus(Duration.ofDays(1));
    credentials =
        new String[] {
          "Authorization", "Bearer " + TestTokens.token(TestAddresses.account(77), longEnough)
        };
    Map<String, String> secured =
        Map.of(
            "JWT_SECRET",
            TestTokens.SECRET,
            "ADMIN_PUBLIC_KEY",
            TestAddresses.account(77),
            "SEP10_SIGNING_SEED",
            new String(KeyPair.random().getSecretSeed()),
            "SEP10_HOME_DOMAIN",
            "example.com");
    survive(secured, REQUESTS / 5, 200, 400, 401, 403, 404, 405, 415);
  }

  private void survive(Map<String, String> environment, int requests, Integer... expected)
      throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("MAX_SSE_CONNECTIONS_PER_IP", "100000");
    all.put("MAX_SSE_CONNECTIONS_PER_USER", "100000");
    all.put("SSE_STALL_TIMEOUT", "2s");
    try (TomcatServer server = TomcatServer.start(all)) {
      create(server, TestAddresses.account(1));
      run(server, 2_000, SEED - 1); // everything is loaded, every pool filled
      List<String> threadsBefore = threadsOfOurs(server);
      findings.clear();

      run(server, requests, SEED);

      assertThat(findings).as("with seed %d", SEED).isEmpty();
      assertThat(sent).hasValueGreaterThanOrEqualTo(requests);
      // not everything was rejected at the edge
      assertThat(statuses.keySet()).as("%s", statuses).contains(expected);
      assertThat(server.isAlive()).isTrue();
      assertThat(threadsBefore).contains("ledger-writer", "event-feed", "fanout-pump-0");
      assertThat(threadsOfOurs(server)).containsAll(threadsBefore);
      assertThat(threads(server)).hasSizeLessThan(120);
      JsonNode health = server.api().get("/health").json();
      assertThat(health.path("status").asText()).as("%s", health).isEqualTo("up");
      assertDelivers(server);
      assertThat(server.log()).doesNotContain("OutOfMemory").doesNotContain("SEVERE");
    }
  }

  private String create(TomcatServer server, String sender) {
    HttpApi.Answer answer =
        server
            .api()
            .post("v1/streams", HttpApi.newStream(sender, TestAddresses.account(2)), credentials);
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().path("streamId").asText();
  }

  private void assertDelivers(TomcatServer server) {
    EventStream.Request request = server.events().query("users=" + TestAddresses.account(77));
    if (credentials.length > 0) {
      request.header(credentials[0], credentials[1]);
    }
    try (EventStream events = request.open()) {
      events.nextConnected();
      String id = create(server, TestAddresses.account(77));
      assertThat(events.nextEvent("stream.created").json().path("streamId").asText()).isEqualTo(id);
    }
  }

  /** The engine's threads: those of the container and the JVM come and go. */
  private static List<String> threadsOfOurs(TomcatServer server) throws IOException {
    return threads(server).stream()
        .filter(name -> name.matches("(ledger|event|fanout|flowfi)-.*"))
        .sorted()
        .toList();
  }

  /** Names as the kernel keeps them, up to 15 characters. */
  private static List<String> threads(TomcatServer server) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc/" + server.pid() + "/task"))) {
      for (Path task : tasks) {
        try {
          names.add(Files.readString(task.resolve("comm")).strip());
        } catch (NoSuchFileException ended) {
          // it ended between the listing and the reading
        }
      }
    }
    return names;
  }

  private void run(TomcatServer server, int requests, long seed) throws Exception {
    sent.set(0);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * 31 + i);
        runs.add(
            pool.submit(
                () -> {
                  try (Line line = new Line(server.port())) {
                    while (sent.getAndIncrement() < requests) {
                      one(line, random);
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void one(Line line, Random random) throws IOException {
    boolean raw = random.nextInt(10) == 0;
    byte[] request = raw ? bytes(random) : request(random);
    String text = new String(request, StandardCharsets.ISO_8859_1);
    boolean head = text.startsWith("HEAD ");
    Answer answer = line.exchange(request, head, raw);
    if (raw) {
      line.close(); // it may have been two requests, with a second answer to come
    }
    if (answer == null) {
      return; // closed without an answer, or an abandoned event stream
    }
    statuses.computeIfAbsent(answer.status, key -> new AtomicInteger()).incrementAndGet();
    // 501 and 505 are HTTP's answers to unknown methods and versions
    if (answer.status >= 500 && answer.status != 501 && answer.status != 505) {
      findings.putIfAbsent("status " + answer.status, text + "\n=>\n" + answer.text);
    }
    if (answer.status >= 400 && !isMarked(answer.text)) {
      findings.putIfAbsent("not an error of ours", text + "\n=>\n" + answer.text);
    }
    boolean file = answer.text.contains("ETag: W/"); // our own pages may contain such names
    if (!file && INSIDE.matcher(answer.text).matches()) {
      findings.putIfAbsent("tells of its inside", text + "\n=>\n" + answer.text);
    }
  }

  /** Every error is a problem, or a page for browsers, with all headers of an answer. */
  private static boolean isMarked(String answer) {
    return answer.contains("X-Request-ID: ")
        && answer.contains("Content-Security-Policy: ")
        && answer.contains("X-Content-Type-Options: nosniff")
        && (answer.contains("Content-Type: application/problem+json")
            || answer.contains("Content-Type: text/html;charset=UTF-8"));
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[1 + random.nextInt(300)];
    random.nextBytes(bytes);
    if (random.nextBoolean()) {
      byte[] start = "GET /".getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(start, 0, bytes, 0, Math.min(start.length, bytes.length));
    }
    // an end, so that the server need not wait for more
    byte[] end = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[bytes.length + end.length];
    System.arraycopy(bytes, 0, all, 0, bytes.length);
    System.arraycopy(end, 0, all, bytes.length, end.length);
    return all;
  }

  private byte[] request(Random random) {
    StringBuilder text = new StringBuilder();
    text.append(pick(random, METHODS)).append(' ').append(path(random));
    text.append(random.nextInt(50) == 0 ? " HTTP/" + random.nextInt(4) + ".1" : " HTTP/1.1");
    text.append("\r\n");
    if (random.nextInt(30) != 0) {
      text.append("Host: ")
          .append(random.nextInt(20) == 0 ? value(random) : "localhost")
          .append("\r\n");
    }
    if (credentials.length > 0 && random.nextBoolean()) {
      text.append(String.join(": ", credentials)).append("\r\n");
    }
    boolean typed = false;
    for (int i = random.nextInt(4); i > 0; i--) {
      String name = pick(random, HEADERS);
      typed |= name.equals("Content-Type");
      text.append(name).append(": ").append(value(random)).append("\r\n");
    }
    String body = random.nextInt(3) == 0 ? pick(random, BODIES) : "";
    if (random.nextInt(200) == 0) {
      body = "x".repeat(random.nextInt(40_000));
    }
    if (!body.isEmpty() && !typed && random.nextInt(4) != 0) {
      text.append("Content-Type: application/json\r\n");
    }
    boolean chunked = text.indexOf("Transfer-Encoding: chunked") >= 0;
    if (chunked) {
      text.append("\r\n");
      if (!body.isEmpty()) {
        text.append(Integer.toHexString(body.length())).append("\r\n").append(body).append("\r\n");
      }
      text.append("0\r\n\r\n");
    } else {
      text.append("Content-Length: ").append(body.length()).append("\r\n\r\n").append(body);
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String path(Random random) {
    StringBuilder path = new StringBuilder(pick(random, PATHS));
    if (random.nextInt(8) == 0) {
      path.insert(random.nextInt(path.length() + 1), value(random).replace(' ', '+'));
    }
    int parameters = random.nextInt(4);
    for (int i = 0; i < parameters; i++) {
      path.append(i == 0 ? '?' : '&')
          .append(pick(random, PARAMETERS))
          .append('=')
          .append(value(random).replace(' ', '+'));
    }
    return path.toString();
  }

  private static String value(Random random) {
    String value = pick(random, VALUES);
    return switch (random.nextInt(20)) {
      case 0 -> value.repeat(1 + random.nextInt(50));
      // no line break: what follows would be another request
      case 1 -> value + (char) (14 + random.nextInt(256 - 14));
      case 2 -> value + pick(random, VALUES);
      default -> value;
    };
  }

  private static String pick(Random random, String[] from) {
    return from[random.nextInt(from.length)];
  }

  private record Answer(int status, String text) {}

  /** A connection that is opened again when the server has closed it. For one thread. */
  private static final class Line implements AutoCloseable {
    /** No answer of ours takes longer to begin. */
    private static final int PATIENCE_MILLIS = 15_000;

    private final int port;
    private Socket socket;
    private InputStream in;
    private String before = "";

    Line(int port) {
      this.port = port;
    }

    /** The answer; null if there is none, or one without end. */
    Answer exchange(byte[] request, boolean head, boolean raw) throws IOException {
      for (int attempt = 0; ; attempt++) {
        boolean fresh = socket == null;
        if (fresh) {
          socket = new Socket();
          socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
          socket.setTcpNoDelay(true);
          socket.setSoTimeout(PATIENCE_MILLIS);
          in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
        }
        try {
          socket.getOutputStream().write(request);
          Answer answer = read(head, raw);
          before = new String(request, StandardCharsets.ISO_8859_1) + "\n=>\n" + answer.text;
          return answer;
        } catch (AssertionError mixedUp) {
          throw new AssertionError(
              "after " + before + "\nand " + new String(request, StandardCharsets.ISO_8859_1),
              mixedUp);
        } catch (SocketTimeoutException silent) {
          close();
          throw new AssertionError(
              "no answer to " + new String(request, StandardCharsets.ISO_8859_1), silent);
        } catch (IOException ended) {
          close();
          // the last request may have been the connection's last
          if (fresh || attempt > 0) {
            return null;
          }
        }
      }
    }

    private Answer read(boolean head, boolean raw) throws IOException {
      StringBuilder text = new StringBuilder();
      String statusLine = line(text);
      if (!statusLine.startsWith("HTTP/1.1 ")) {
        throw new AssertionError("not the beginning of an answer: " + text);
      }
      int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
      int length = -1;
      boolean chunked = false;
      boolean last = false;
      boolean events = false;
      for (String line = line(text); !line.isEmpty(); line = line(text)) {
        String lower = line.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring("content-length:".length()).strip());
        }
        chunked |= lower.equals("transfer-encoding: chunked");
        last |= lower.equals("connection: close");
        events |= lower.startsWith("content-type: text/event-stream");
      }
      if (status == 100) {
        return read(head, raw);
      }
      if (events && !head || status == 101) {
        close();
        return new Answer(status, text.toString());
      }
      if (!head && status != 204 && status != 304) {
        body(text, length, chunked);
      }
      if (last) {
        close();
      }
      return new Answer(status, text.toString());
    }

    private void body(StringBuilder text, int length, boolean chunked) throws IOException {
      if (chunked) {
        for (int size = Integer.parseInt(line(text), 16); size > 0; ) {
          text.append(new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
          line(text);
          size = Integer.parseInt(line(text), 16);
        }
        line(text);
      } else if (length >= 0) {
        text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      } else {
        text.append(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
        close();
      }
    }

    private String line(StringBuilder text) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException("the server closed the connection");
        }
        if (b != '\r') {
          line.write(b);
        }
      }
      String string = line.toString(StandardCharsets.ISO_8859_1);
      text.append(string).append('\n');
      return string;
    }

    @Override
    public void close() throws IOException {
      if (socket != null) {
        socket.close();
        socket = null;
      }
    }
  }
}
