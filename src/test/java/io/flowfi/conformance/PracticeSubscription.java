package io.flowfi.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** One event stream of the practice server; its thread reads the log at its own pace. */
final class PracticeSubscription {
  /** The practice server's seconds are short. */
  private static final int MILLIS_PER_SECOND = 50;

  /** What follows the position in an id. */
  private static final String LOG = ".log";

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int FAR_BEHIND = 100;
  private static final long SLOW_NANOS = 1_500_000_000;

  private final PracticeServer server;
  private final PracticeRequest request;
  private final String account;
  private final OutputStream out;
  private final Set<String> users;
  private final Set<String> streams;
  private final List<String> types;
  private volatile boolean ended;
  private volatile boolean silent;
  private volatile long position;
  private volatile long writingSince = System.nanoTime();

  /**
   * @param account whose events are shown, or null for an admin
   */
  PracticeSubscription(
      PracticeServer server, PracticeRequest request, String account, OutputStream out) {
    this.server = server;
    this.request = request;
    this.account = account;
    this.out = out;
    this.users = new HashSet<>(request.values("users"));
    this.streams = new HashSet<>(streams());
    this.types = request.values("types");
    this.position = server.log.head();
  }

  private List<String> streams() {
    List<String> ids = request.values("streams");
    if (server.fault == Fault.FIRST_PARAMETER_ONLY && request.query().containsKey("streams")) {
      return List.of(request.one("streams").split(","));
    }
    if (server.fault == Fault.FIRST_OF_TWO_ONLY && request.one("streams") != null) {
      String[] list = request.one("streams").split(",");
      return list.length == 2 ? List.of(list[0]) : ids;
    }
    return server.fault == Fault.EXISTING_STREAMS_ONLY
        ? ids.stream().filter(server.log::exists).toList()
        : ids;
  }

  boolean isFarBehind() {
    return server.log.head() - position > FAR_BEHIND;
  }

  /** Whether it has been in one write for long. */
  boolean isSlow() {
    return System.nanoTime() - writingSince > SLOW_NANOS;
  }

  /** Ends it, without a last word. */
  void end() {
    ended = true;
  }

  boolean isEnded() {
    return ended;
  }

  /** Sends no event any more, but heartbeats. */
  void silence() {
    silent = true;
  }

  void run() throws IOException, InterruptedException {
    long head = position;
    greet(head);
    String asked = asked();
    if (asked != null) {
      boolean isForeign = asked.contains(".") && !asked.endsWith(LOG);
      boolean isNoticed = server.fault != Fault.LOG_OF_AN_ID_IGNORED;
      resume(after(asked), isForeign && isNoticed, head);
    } else if ("true".equals(request.one("snapshot"))) {
      snapshot();
    }
    follow();
  }

  private void greet(long head) throws IOException {
    int jitter = server.fault == Fault.ONE_RETRY_FOR_ALL ? 0 : random(1_000);
    String retry = Integer.toString((server.fault == Fault.LONG_RETRY ? 60_000 : 4_500) + jitter);
    String client =
        server.fault == Fault.ONE_CLIENT_ID_FOR_ALL ? "me" : UUID.randomUUID().toString();
    String log = server.fault == Fault.LOG_CHANGES ? UUID.randomUUID().toString() : "log";
    long said = server.fault == Fault.GREETING_WITH_ANOTHER_HEAD ? head + 1 : head;
    String type = server.fault == Fault.GREETING_OF_ANOTHER_TYPE ? "hello" : "connected";
    write(
        server.fault == Fault.GREETING_HAS_A_NAME ? "connected" : null,
        "{\"type\":\"%s\",\"clientId\":\"%s\",\"log\":\"%s\",\"head\":%d}"
            .formatted(type, client, log, said),
        Long.toString(head),
        retry);
  }

  private String asked() {
    String header = request.headers().get("Last-Event-ID");
    String parameter = request.one("lastEventId");
    String asked =
        switch (server.fault) {
          case HEADER_IGNORED -> parameter;
          case PARAMETER_IGNORED -> header;
          case PARAMETER_WINS -> parameter != null ? parameter : header;
          default -> header != null ? header : parameter;
        };
    return server.fault == Fault.ZERO_IS_NOW && "0".equals(asked) ? null : asked;
  }

  private long after(String asked) {
    long number = Long.parseLong(asked.replaceFirst("[.].*", ""));
    boolean isAlone = !asked.contains(".") && number >= PracticeLog.OLDEST;
    return isAlone && server.fault == Fault.NUMBER_IS_ZERO && number <= server.log.head()
        ? 0
        : number;
  }

  private void resume(long after, boolean isForeign, long head)
      throws IOException, InterruptedException {
    boolean isFuture = after > head || isForeign;
    boolean isTrimmed = after > 0 && after < PracticeLog.OLDEST - 1;
    if (isFuture || (isTrimmed && server.fault != Fault.TRIMMED_IN_SILENCE)) {
      String future = server.fault == Fault.ANOTHER_RESET_REASON ? "too_far" : "unknown_position";
      String past =
          server.fault == Fault.ANOTHER_REASON_FOR_THE_PAST
              ? "unknown_position"
              : "history_trimmed";
      reset(isFuture ? future : past, head);
      position = server.fault == Fault.RESET_REPLAYS && isFuture ? 0 : head;
      return;
    }
    if (server.fault == Fault.SKIPS_AT_THE_THIRD_RETURN && server.returns(users, after) > 2) {
      after++;
    } else if (server.fault == Fault.DOUBLES_AT_THE_THIRD_RETURN
        && server.returns(users, after) > 2) {
      after--;
    }
    position = after;
    if (server.fault == Fault.HEARTBEAT_IS_NO_POSITION && server.wasTold(users, after)) {
      reset("unknown_position", head); // and the events all the same
    }
    if (server.fault == Fault.GAP_AT_THE_SEAM) {
      sendAll();
      skipWhatIsNew();
    } else if (server.fault == Fault.DOUBLES_AT_THE_SEAM) {
      sendAll();
      repeatTheLast();
    }
  }

  private void reset(String reason, long head) throws IOException {
    ObjectNode data = JSON.createObjectNode().put("reason", reason);
    if (server.fault != Fault.RESET_WITHOUT_OLDEST) {
      data.put("oldest", PracticeLog.OLDEST);
    }
    if (server.fault != Fault.RESET_WITHOUT_HEAD) {
      data.put("head", head);
    }
    write("reset", data.toString(), Long.toString(head), null);
  }

  private void snapshot() throws IOException, InterruptedException {
    List<ObjectNode> states;
    synchronized (server.log) {
      states = server.log.states();
      position = server.log.head();
    }
    for (ObjectNode state : states) {
      String id = state.path("streamId").asText();
      if (users.contains(state.path("sender").asText())
          || users.contains(state.path("recipient").asText())
          || streams.contains(id)) {
        if (server.fault == Fault.PART_OF_THE_STATE) {
          state.remove("tokenAddress");
        }
        write("stream.snapshot", state.toString(), null, null);
      }
    }
    String data = "{\"head\":" + position + "}";
    if (server.fault == Fault.SNAPSHOT_END_WITHOUT_HEAD) {
      data = "{}";
    } else if (server.fault == Fault.BAD_UTF_8) {
      data = "{\"head\":" + position + ",\"x\":\"\u00ff\"}";
    }
    long end = position;
    if (server.fault == Fault.GAP_AFTER_THE_SNAPSHOT) {
      skipWhatIsNew();
    } else if (server.fault == Fault.DOUBLES_AFTER_THE_SNAPSHOT) {
      repeatTheLast();
    }
    write("snapshot_end", data, Long.toString(end), null);
  }

  /** As a server does that goes live only after the replay. One event alone it does not miss. */
  private void skipWhatIsNew() throws InterruptedException {
    server.log.await(position + 1, 50);
    if (server.log.head() > position + 1) {
      position = server.log.head();
    }
  }

  /** As a server does that goes live before the end of the replay. */
  private void repeatTheLast() throws InterruptedException {
    server.log.await(position + 1, 50);
    if (server.log.head() > position + 1) {
      position--;
    }
  }

  private void follow() throws IOException, InterruptedException {
    String asked = request.one("heartbeat");
    long silence = (asked == null ? 10 : Long.parseLong(asked)) * MILLIS_PER_SECOND;
    if (server.fault == Fault.SILENT_BY_DEFAULT && asked == null) {
      silence = Integer.MAX_VALUE;
    } else if (server.fault == Fault.HEARTBEAT_IN_ITS_OWN_TIME && asked != null) {
      silence = 6_000;
    }
    long sent = position;
    long heard = System.nanoTime();
    while (!server.isStopping()) {
      if (ended) {
        throw new IOException("another one came");
      }
      if (sendAll()) {
        sent = position;
        heard = System.nanoTime();
      }
      server.log.await(position, 20);
      if ((System.nanoTime() - heard) / 1_000_000 >= silence) {
        beat(sent);
        heard = System.nanoTime();
      }
    }
    sendAll();
    sayGoodbye();
  }

  private void beat(long sent) throws IOException {
    boolean stands = server.fault == Fault.HEARTBEAT_STANDS_STILL && !users.isEmpty();
    long id = stands ? sent : position;
    if (id > sent) {
      server.told(users, id);
    }
    long said = server.fault == Fault.HEARTBEAT_WITH_ANOTHER_HEAD ? id + 1 : id;
    String name = server.fault == Fault.HEARTBEAT_WITHOUT_NAME ? null : "heartbeat";
    write(name, "{\"head\":" + said + "}", Long.toString(id), null);
  }

  private void sayGoodbye() throws IOException, InterruptedException {
    String reason = server.fault == Fault.ANOTHER_REASON ? "bye" : "shutdown";
    int retry = server.fault == Fault.SHORT_LAST_RETRY ? 1_000 : 8_000 + random(2_000);
    String id =
        switch (server.fault) {
          case LAST_WORD_WITHOUT_ID -> null;
          case LAST_WORD_WITH_AN_OLD_ID -> Long.toString(position - 1);
          default -> Long.toString(position);
        };
    write("reconnect", "{\"reason\":\"" + reason + "\"}", id, Integer.toString(retry));
    if (server.fault == Fault.GOES_ON_AFTER_THE_LAST_WORD) {
      beat(position);
    }
    if (server.fault == Fault.STAYS_OPEN) {
      server.awaitClosed();
    }
    if (server.fault != Fault.ENDS_WITHOUT_LAST_CHUNK && server.fault != Fault.CONTENT_LENGTH) {
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  /** Whether there was anything. */
  private boolean sendAll() throws IOException, InterruptedException {
    boolean any = false;
    for (PracticeLog.Event event : server.log.after(position)) {
      writingSince = System.nanoTime();
      for (int i = 0; i < matches(event); i++) {
        send(event);
        any = true;
      }
      position = event.position();
      if (server.fault.concernsTheSlow() && isSlow() && isFarBehind()) {
        leaveBehind();
        break;
      }
    }
    return any;
  }

  private void leaveBehind() throws IOException, InterruptedException {
    if (server.fault == Fault.ENDS_THE_SLOW) {
      throw new IOException("too slow");
    } else if (server.fault == Fault.SAYS_NOTHING_MORE_TO_THE_SLOW) {
      server.awaitClosed();
    }
    position = server.log.head() - 1;
  }

  private int matches(PracticeLog.Event event) {
    if (silent) {
      return 0;
    }
    String sender = event.text("sender");
    String recipient = event.text("recipient");
    boolean isOwn = account == null || account.equals(sender) || account.equals(recipient);
    if (!isOwn && server.fault != Fault.SHOWS_OTHERS_EVENTS) {
      return 0;
    }
    if (!types.isEmpty() && !types.contains(event.type()) && server.fault != Fault.TYPES_IGNORED) {
      return 0;
    }
    boolean byAll =
        request.one("all") != null
            && !(server.fault == Fault.ALL_WITHOUT_CREATED
                && event.type().equals("stream.created"));
    boolean bySender = users.contains(sender);
    boolean byRecipient = users.contains(recipient) && server.fault != Fault.SENDERS_ONLY;
    boolean byStream = streams.contains(event.text("streamId"));
    if (bySender && server.fault == Fault.FOLLOWS_RECIPIENTS_TOO) {
      users.add(recipient);
    }
    int count = 0;
    for (boolean matches : new boolean[] {byAll, bySender, byRecipient, byStream}) {
      count += matches ? 1 : 0;
    }
    return server.fault == Fault.ONCE_FOR_EACH_FILTER ? count : Math.min(count, 1);
  }

  private void send(PracticeLog.Event event) throws IOException {
    write(event.type(), event.data().toString(), Long.toString(event.position()), null);
    if (event.type().equals("stream.topped_up")) {
      switch (server.fault) {
        case WITHOUT_DATA -> write("notice", null, null, null);
        case EMPTY_DATA -> write("notice", "", null, null);
        case NOT_JSON -> write("notice", "hello", null, null);
        case DATA_OF_TWO_LINES -> write("notice", "{\ndata: }", null, null);
        case BYTE_ORDER_MARK ->
            chunk("\ufeffevent: notice\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
        case NO_SPACES -> chunk("event:notice\ndata:{}\n\n".getBytes(StandardCharsets.UTF_8));
        default -> {}
      }
    }
  }

  private void write(String event, String data, String id, String retry) throws IOException {
    List<String> lines = new ArrayList<>();
    if (id != null && server.fault == Fault.ID_FIRST) {
      lines.add("id: " + id + LOG);
    }
    if (server.fault == Fault.COMMENTS) {
      lines.add(": a comment");
    }
    if (retry != null) {
      lines.add("retry: " + retry);
    }
    if (event != null) {
      lines.add("event: " + event);
    }
    if (data != null) {
      lines.add("data: " + data);
    }
    if (id != null && server.fault != Fault.ID_FIRST) {
      lines.add("id: " + id + LOG);
    }
    String end = server.fault == Fault.CARRIAGE_RETURNS ? "\r\n" : "\n";
    String text = String.join(end, lines) + end + end;
    boolean isLatin = server.fault == Fault.BAD_UTF_8 && "snapshot_end".equals(event);
    chunk(text.getBytes(isLatin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
  }

  private void chunk(byte[] bytes) throws IOException {
    if (server.fault == Fault.CONTENT_LENGTH) {
      out.write(bytes);
      return;
    }
    String size = Integer.toHexString(bytes.length) + "\r\n";
    byte[] all = new byte[size.length() + bytes.length + 2];
    System.arraycopy(Head.ascii(size), 0, all, 0, size.length());
    System.arraycopy(bytes, 0, all, size.length(), bytes.length);
    all[all.length - 2] = '\r';
    all[all.length - 1] = '\n';
    out.write(all);
  }

  private static int random(int below) {
    return ThreadLocalRandom.current().nextInt(below);
  }
}
