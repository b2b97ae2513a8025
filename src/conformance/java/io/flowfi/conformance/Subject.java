package io.flowfi.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.conformance.HttpConnection.Answer;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The server under test, as the checks use it. Any thread may ask it. */
final class Subject implements Closeable {
  /** Long ago, so that everything has accrued: 2024-01-01T00:00:00Z. */
  private static final long START_TIME = 1_704_067_200L;

  private static final long PAUSE_MILLIS = 100;
  private static final String SUBSCRIBE = "/v1/events/subscribe?";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONTRACT = Accounts.contract();

  private final Target target;
  private final Framing framing = new Framing();

  /** Kept open between commands; a thread takes one and gives it back. */
  private final Queue<HttpConnection> idle = new ConcurrentLinkedQueue<>();

  Subject(Target target) {
    this.target = target;
  }

  Target target() {
    return target;
  }

  Framing framing() {
    return framing;
  }

  /**
   * Subscribes as the kit's own caller and waits for the greeting; any answer but 200 breaks the
   * check.
   */
  Subscriber subscribe(String query, String... headers) throws IOException {
    return open(SUBSCRIBE + query, 0, headers).read().started();
  }

  /** Resumes after a position in both ways that there are. */
  Subscriber resume(String query, String position) throws IOException {
    return subscribe(query + "&lastEventId=" + position, "Last-Event-ID: " + position);
  }

  /** Subscribes and reads only the greeting; the kernel holds few bytes for it. */
  Subscriber subscribeWithoutReading(String query) throws IOException {
    return open(SUBSCRIBE + query, 2048).readGreeting();
  }

  /**
   * Opens an event stream. Where the server learns late that the clients of earlier checks have
   * left, these may still have all places: a 429 is asked again until the kit's patience is over.
   *
   * @param receiveBuffer bytes, or 0 for the kernel's default
   * @param headers lines; an {@code Authorization} of their own replaces the kit's
   */
  Subscriber open(String path, int receiveBuffer, String... headers) throws IOException {
    long deadline = System.nanoTime() + target.patience().toNanos();
    while (true) {
      HttpConnection connection = new HttpConnection(target, receiveBuffer);
      List<String> all = headers("Accept: text/event-stream", headers);
      Head head = connection.begin("GET", path, all, null);
      if (head.status() == 200) {
        return new Subscriber(connection, head, framing, target);
      }
      connection.close();
      if (head.status() != 429 || System.nanoTime() - deadline > 0) {
        throw new Broken("not subscribed: GET " + path + " is a " + head.status());
      }
      pause();
    }
  }

  /** Before the same is asked again. */
  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What became of a request for an event stream that may be refused: one of the two. */
  record Attempt(Optional<Subscriber> open, Optional<Answer> refusal) {}

  /** Asks for an event stream, and reads it if the answer is 200; its greeting has come then. */
  Attempt attempt(String query) throws IOException {
    HttpConnection connection = new HttpConnection(target, 0);
    try {
      List<String> headers = headers("Accept: text/event-stream");
      Head head = connection.begin("GET", SUBSCRIBE + query, headers, null);
      if (head.status() == 200) {
        Subscriber subscriber = new Subscriber(connection, head, framing, target);
        return new Attempt(Optional.of(subscriber.read().started()), Optional.empty());
      }
      Answer refusal = connection.answer(head);
      connection.close();
      return new Attempt(Optional.empty(), Optional.of(refusal));
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** A GET that is no stream, on a connection of its own. */
  Answer get(String path, String... headers) throws IOException {
    return once("GET", path, null, headers);
  }

  /** Any request on a connection of its own. */
  Answer once(String method, String path, String body, String... headers) throws IOException {
    try (HttpConnection connection = new HttpConnection(target, 0)) {
      return connection.exchange(method, path, requestHeaders(body, headers), body);
    }
  }

  private List<String> requestHeaders(String body, String... headers) {
    return body == null
        ? headers("Accept: */*", headers)
        : headers("Content-Type: application/json", headers);
  }

  private List<String> headers(String first, String... others) {
    List<String> all = new ArrayList<>(List.of(others));
    all.add(0, first);
    if (all.stream().noneMatch(line -> line.startsWith("Authorization:"))) {
      target.token().ifPresent(token -> all.add("Authorization: Bearer " + token));
    }
    all.removeIf("Authorization:"::equals); // of a caller who has none
    return all;
  }

  /** The body of a new stream, to be changed. */
  ObjectNode newStream(String sender, String recipient) {
    return object()
        .put("sender", sender)
        .put("recipient", recipient)
        .put("tokenAddress", CONTRACT)
        .put("ratePerSecond", "10")
        .put("depositedAmount", "100000000000")
        .put("startTime", START_TIME);
  }

  ObjectNode object() {
    return JSON.createObjectNode();
  }

  /** Creates a stream between two accounts and returns its id. */
  String create(String sender, String recipient) throws IOException {
    return create(newStream(sender, recipient));
  }

  /** Creates a stream and returns its id; any answer but 201 breaks the check. */
  String create(ObjectNode stream) throws IOException {
    Answer answer = post("/v1/streams", stream);
    String location = answer.head().header("Location").orElse("");
    Broken.unless(
        answer.status() == 201 && location.matches(".*/\\d+"), "no stream created: " + answer);
    return location.substring(location.lastIndexOf('/') + 1);
  }

  /** Runs a command; any answer but 2xx breaks the check. */
  void command(String streamId, String name, ObjectNode body) throws IOException {
    Answer answer = post("/v1/streams/" + streamId + "/" + name, body);
    Broken.unless(answer.status() / 100 == 2, name + " of stream " + streamId + ": " + answer);
  }

  void topUp(String streamId) throws IOException {
    command(streamId, "top-up", object().put("amount", "1"));
  }

  private Answer post(String path, ObjectNode body) throws IOException {
    HttpConnection connection = idle.poll();
    if (connection == null) {
      connection = new HttpConnection(target, 0);
    }
    String text = body.toString();
    Answer answer = connection.exchange("POST", path, requestHeaders(text), text);
    if (answer.head().has("Connection", "close")) {
      connection.close();
    } else {
      idle.add(connection);
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    for (HttpConnection connection; (connection = idle.poll()) != null; ) {
      connection.close();
    }
  }
}
