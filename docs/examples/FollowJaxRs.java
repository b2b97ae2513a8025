import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.client.Client;
import jakarta.ws.rs.client.ClientBuilder;
import jakarta.ws.rs.client.ClientRequestFilter;
import jakarta.ws.rs.client.WebTarget;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.sse.InboundSseEvent;
import jakarta.ws.rs.sse.SseEventSource;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows payment streams with {@code SseEventSource} of JAX-RS 3.1; with the jars of Jersey's client
 * (jersey-client, jersey-hk2, jersey-media-sse) on the class path:
 *
 * <pre>TOKEN=... java -cp 'lib/*' FollowJaxRs.java 'http://localhost:3001/v1/events/subscribe?all=true'</pre>
 *
 * <p>Prints a line for each event: its position, its type, its data. {@code start over} means that
 * the lines before are not true any more: the server has another log, or does not know our
 * position.
 *
 * <p>An {@code SseEventSource} reconnects by itself, but not always: Jersey's and RESTEasy's end for
 * good at the first refused connection, as after a restart. Then another one continues.
 */
public class FollowJaxRs {
  /** Heartbeats come more often: after this much silence the connection is dead. */
  private static final long SILENCE_MILLIS =
      (long) (1000 * Double.parseDouble(System.getenv().getOrDefault("SILENCE", "45")));

  private static final Set<Integer> REFUSED_AGAIN = Set.of(400, 401, 403, 404, 406, 409);
  private static final Pattern LOG = Pattern.compile("\"log\":\"([^\"]*)\"");

  private final WebTarget target;

  // guarded by this
  private long position;
  private String last = "0";
  private String log;
  private long retryMillis = 1000;
  private long pauseMillis;
  private int failures;
  private int refused;

  FollowJaxRs(WebTarget target) {
    this.target = target;
  }

  public static void main(String[] arguments) throws InterruptedException {
    Client client =
        ClientBuilder.newBuilder()
            .connectTimeout(10, TimeUnit.SECONDS)
            .readTimeout(SILENCE_MILLIS, TimeUnit.MILLISECONDS)
            .build();
    if (System.getenv("TOKEN") != null) {
      ClientRequestFilter token =
          request ->
              request
                  .getHeaders()
                  .putSingle(HttpHeaders.AUTHORIZATION, "Bearer " + System.getenv("TOKEN"));
      client.register(token);
    }
    new FollowJaxRs(client.target(arguments[0])).follow();
  }

  void follow() throws InterruptedException {
    while (true) {
      CountDownLatch over = new CountDownLatch(1);
      try (SseEventSource source = SseEventSource.target(next()).build()) {
        source.register(event -> take(event, over), lost -> end(lost, over), over::countDown);
        source.open();
        over.await();
      }
      Thread.sleep(pause());
    }
  }

  private synchronized WebTarget next() {
    pauseMillis = 0;
    return target.queryParam("lastEventId", last);
  }

  private synchronized long pause() {
    if (REFUSED_AGAIN.contains(refused)) {
      throw new IllegalStateException("refused: " + refused);
    }
    long longer = Math.min(30_000, retryMillis << Math.min(failures++, 5));
    long jittered = (long) (longer * ThreadLocalRandom.current().nextDouble(0.5, 1));
    return Math.max(pauseMillis, Math.max(retryMillis, jittered));
  }

  private synchronized void end(Throwable lost, CountDownLatch over) {
    System.err.println("connection lost: " + lost.getMessage());
    if (lost instanceof WebApplicationException answered) {
      refused = answered.getResponse().getStatus();
      String seconds = answered.getResponse().getHeaderString(HttpHeaders.RETRY_AFTER);
      pauseMillis = seconds == null ? 0 : 1000 * Long.parseLong(seconds);
    }
    over.countDown();
  }

  private synchronized void take(InboundSseEvent event, CountDownLatch over) {
    if (over.getCount() == 0) {
      return; // of a connection that was given up
    }
    String type = event.getName() == null ? "message" : event.getName();
    String data = event.readData();
    if (event.isReconnectDelaySet()) {
      retryMillis = event.getReconnectDelay();
    }
    if (type.equals("message")) {
      Matcher named = LOG.matcher(data);
      if (!named.find()) {
        return; // not `connected`
      }
      boolean another = log != null && !log.equals(named.group(1));
      log = named.group(1);
      if (another) {
        startOver(over);
      }
      failures = 0;
    } else if (type.equals("reset")) {
      startOver(over);
    } else if (type.equals("reconnect")) {
      System.err.println("server says: " + data);
      move(event.getId());
      over.countDown();
    } else if (event.getId() != null) { // what has none is not in the log: a notice
      if (move(event.getId()) && !type.equals("heartbeat")) {
        System.out.println(position + " " + type + " " + data);
      }
    }
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
  private void startOver(CountDownLatch over) {
    position = 0;
    last = "0";
    System.out.println("start over");
    over.countDown();
  }
}
