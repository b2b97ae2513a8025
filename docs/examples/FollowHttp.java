import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows payment streams with the JDK's own client, JDK 17 or newer:
 *
 * <pre>TOKEN=... java FollowHttp.java 'http://localhost:3001/v1/events/subscribe?all=true'</pre>
 *
 * <p>Prints a line for each event: its position, its type, its data. {@code start over} means that
 * the lines before are not true any more: the server has another log, or does not know our
 * position.
 */
public class FollowHttp {
  /** Heartbeats come more often: after this many seconds of silence the connection is dead. */
  private static final double SILENCE =
      Double.parseDouble(System.getenv().getOrDefault("SILENCE", "45"));

  private static final Set<Integer> REFUSED_AGAIN = Set.of(400, 401, 403, 404, 406, 409);
  private static final Pattern LOG = Pattern.compile("\"log\":\"([^\"]*)\"");

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI uri;
  private volatile long heardNanos;
  private long position;
  private String last = "0";
  private String log;
  private long retryMillis = 1000;
  private int failures;

  FollowHttp(URI uri) {
    this.uri = uri;
  }

  public static void main(String[] arguments) throws Exception {
    new FollowHttp(URI.create(arguments[0])).follow();
  }

  void follow() throws InterruptedException {
    while (true) {
      long pause = 0;
      try {
        pause = connect();
      } catch (IOException lost) {
        System.err.println("connection lost: " + lost.getMessage());
      }
      long longer = Math.min(30_000, retryMillis << Math.min(failures++, 5));
      long jittered = (long) (longer * ThreadLocalRandom.current().nextDouble(0.5, 1));
      Thread.sleep(Math.max(pause, Math.max(retryMillis, jittered)));
    }
  }

  /** Reads until the connection ends; returns the milliseconds that the server asks us to wait. */
  private long connect() throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(10)) // for the head of the answer
            .header("Accept", "text/event-stream")
            .header("Last-Event-ID", last);
    if (System.getenv("TOKEN") != null) {
      request.header("Authorization", "Bearer " + System.getenv("TOKEN"));
    }
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    Timer watch = new Timer(true);
    try (InputStream body = answer.body()) {
      if (REFUSED_AGAIN.contains(answer.statusCode())) {
        throw new IllegalStateException("refused: " + answer.statusCode());
      }
      if (answer.statusCode() == 200) {
        heardNanos = System.nanoTime();
        watch.schedule(endOfSilence(body), 500, 500);
        read(new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8)));
      }
    } finally {
      watch.cancel();
    }
    return 1000 * answer.headers().firstValueAsLong("Retry-After").orElse(0);
  }

  /** The JDK has no time-out for a body. */
  private TimerTask endOfSilence(InputStream body) {
    return new TimerTask() {
      @Override
      public void run() {
        if (System.nanoTime() - heardNanos > SILENCE * 1e9) {
          try {
            body.close(); // ends the read
          } catch (IOException alreadyLost) {
            cancel();
          }
        }
      }
    };
  }

  /** Only blocks that have ended count: one that is cut off comes again, whole. */
  private void read(BufferedReader lines) throws IOException {
    Map<String, String> block = new HashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      heardNanos = System.nanoTime();
      int colon = line.indexOf(": ");
      if (colon > 0) {
        block.put(line.substring(0, colon), line.substring(colon + 2));
      } else if (line.isEmpty()) {
        if (!take(block)) {
          return;
        }
        block.clear();
      }
    }
  }

  /** Returns whether to read on. */
  private boolean take(Map<String, String> block) {
    String type = block.getOrDefault("event", "message");
    String data = block.getOrDefault("data", "{}");
    if (block.containsKey("retry")) {
      retryMillis = Long.parseLong(block.get("retry"));
    }
    if (type.equals("message")) {
      Matcher named = LOG.matcher(data);
      if (!named.find()) {
        return true; // not `connected`
      }
      boolean another = log != null && !log.equals(named.group(1));
      log = named.group(1);
      if (another) {
        return startOver();
      }
      failures = 0;
    } else if (type.equals("reset")) {
      return startOver();
    } else if (type.equals("reconnect")) {
      System.err.println("server says: " + data);
      move(block.get("id"));
      return false;
    } else if (block.containsKey("id")) { // what has none is not in the log: a notice
      if (move(block.get("id")) && !type.equals("heartbeat")) {
        System.out.println(position + " " + type + " " + data);
      }
    }
    return true;
  }

  /**
   * An id is a position and its log, such as 42.k3f9. It goes back as it is. Returns whether it is a
   * later one.
   */
  private boolean move(String id) {
    long at = id == null ? -1 : Long.parseLong(id.replaceFirst("[.].*", ""));
    boolean later = at > position;
    if (later) {
      position = at;
      last = id;
    }
    return later;
  }

  /** All events that there are follow. */
  private boolean startOver() {
    position = 0;
    last = "0";
    System.out.println("start over");
    return false;
  }
}
