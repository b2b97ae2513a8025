package io.flowfi.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A small server that keeps the streaming contract but for one {@link Fault}. It is slow, keeps
 * everything in memory and has a thread for each connection: good only to practise on.
 */
final class PracticeServer implements AutoCloseable {
  static final String ADMIN = "admin-token";
  static final String OTHER = "other-token";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OTHERS_ACCOUNT = Accounts.account();
  private static final List<String> TYPES =
      List.of("stream.created", "stream.topped_up", "stream.paused");

  final Fault fault;
  final PracticeLog log;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<PracticeSubscription> open = ConcurrentHashMap.newKeySet();
  private final Set<String> tickets = ConcurrentHashMap.newKeySet();
  private final Map<Set<String>, Set<Long>> returns = new ConcurrentHashMap<>();
  private final Map<Set<String>, Set<Long>> beats = new ConcurrentHashMap<>();
  private final PracticePlaces places;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean stopping;

  PracticeServer(Fault fault) throws IOException {
    this.fault = fault;
    this.log = new PracticeLog(fault);
    this.places = new PracticePlaces(fault);
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "practice-server");
    thread.setDaemon(true);
    thread.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
  }

  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  void awaitClosed() throws InterruptedException {
    closed.await();
  }

  /** From how many positions these users have come back so far. */
  int returns(Set<String> users, long position) {
    Set<Long> positions =
        returns.computeIfAbsent(Set.copyOf(users), all -> ConcurrentHashMap.newKeySet());
    positions.add(position);
    return positions.size();
  }

  /** These users were told of this position by a heartbeat. */
  void told(Set<String> users, long position) {
    beats.computeIfAbsent(Set.copyOf(users), all -> ConcurrentHashMap.newKeySet()).add(position);
  }

  /** Whether these users know this position only by a heartbeat. */
  boolean wasTold(Set<String> users, long position) {
    return beats.getOrDefault(Set.copyOf(users), Set.of()).contains(position);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        socket.setSendBufferSize(4096);
        sockets.add(socket);
        start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // the end of the test
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
      PracticeRequest request;
      while ((request = PracticeRequest.read(in)) != null) {
        if (!answer(request, in, socket.getOutputStream())) {
          return;
        }
      }
    } catch (IOException e) {
      // the client has gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(socket);
    }
  }

  /** Returns whether another request may follow. */
  private boolean answer(PracticeRequest request, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    String path = request.path();
    if (path.startsWith("/v1/")) {
      path = path.substring(3);
    } else if (fault == Fault.ONLY_WITH_PREFIX && path.startsWith("/events")) {
      problem(out, request, 404, null);
      return true;
    }
    if (path.startsWith("/health/")) {
      boolean isReady = fault != Fault.NEVER_READY || path.endsWith("live");
      json(out, isReady ? 200 : 503, JSON.createObjectNode());
      return true;
    }
    String token = token(request);
    if (token == null) {
      problem(out, request, 401, null);
    } else if (path.equals("/events/subscribe")) {
      return subscribe(request, token, in, out);
    } else if (path.equals("/events/stats")) {
      int count = fault == Fault.COUNTS_NOBODY ? 0 : open.size();
      json(out, 200, JSON.createObjectNode().put("activeConnections", count).put("timestamp", 1));
    } else if (path.equals("/auth/ticket")) {
      String ticket = "t" + System.nanoTime();
      tickets.add(ticket);
      json(out, 200, JSON.createObjectNode().put("ticket", ticket).put("expiresIn", 30));
    } else if (path.equals("/events")) {
      history(request, out);
    } else if (request.method().equals("POST")) {
      command(request, path, out);
    } else {
      problem(out, request, fault == Fault.GONE ? 410 : 404, null);
    }
    return true;
  }

  private String token(PracticeRequest request) {
    String header = request.headers().get("Authorization");
    String ticket = request.one("ticket");
    if (header != null) {
      String token = header.replace("Bearer ", "");
      boolean isGood =
          token.equals(ADMIN)
              || token.equals(OTHER)
              || (fault == Fault.TOKEN_BEGINS_RIGHT && token.startsWith(ADMIN));
      return isGood ? token : null;
    }
    if (ticket != null) {
      boolean isGood =
          fault == Fault.TICKETS_KEPT ? tickets.contains(ticket) : tickets.remove(ticket);
      return isGood && fault != Fault.TICKETS_NOT_TAKEN ? ADMIN : null;
    }
    return fault == Fault.OPEN_DOOR ? ADMIN : null;
  }

  private boolean subscribe(PracticeRequest request, String token, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    if (!request.method().equals("GET")) {
      problem(out, request, fault == Fault.METHOD_NOT_FOUND ? 404 : 405, null);
      return true;
    }
    String bad = badParameter(request);
    if (bad != null) {
      problem(out, request, 400, bad);
      return true;
    }
    boolean isOther = token.equals(OTHER);
    boolean takesOthers =
        request.one("users") == null
            ? fault == Fault.OTHERS_STREAM_TAKEN
            : fault == Fault.OTHERS_USER_TAKEN;
    if (isOther && request.one("all") == null && !takesOthers) {
      problem(out, request, 403, null);
      return true;
    }
    PracticeSubscription subscription =
        new PracticeSubscription(this, request, isOther ? OTHERS_ACCOUNT : null, out);
    if (!places.take(token, subscription)) {
      surplus(out, request);
      return true;
    }
    start(() -> awaitEnd(in, () -> places.leave(token, subscription)));
    out.write(Head.ascii(streamHead(request)));
    open.add(subscription);
    try {
      subscription.run();
    } finally {
      open.remove(subscription);
    }
    return false;
  }

  /** A client sends nothing more but its end. */
  private static void awaitEnd(InputStream in, Runnable then) {
    try {
      while (in.read() >= 0) {
        // there is none
      }
    } catch (IOException e) {
      // an end, too
    } finally {
      then.run();
    }
  }

  private void surplus(OutputStream out, PracticeRequest request) throws IOException {
    String after =
        switch (fault) {
          case SURPLUS_TO_COME_BACK_AT_A_DATE -> "Wed, 21 Oct 2026 07:28:00 GMT";
          case SURPLUS_TO_COME_BACK_AT_ONCE -> "0";
          default -> "60";
        };
    String header = fault == Fault.SURPLUS_WITHOUT_RETRY_AFTER ? "" : "\r\nRetry-After: " + after;
    if (fault == Fault.SURPLUS_WITHOUT_PROBLEM) {
      write(out, 429, "application/json" + header, JSON.createObjectNode().put("message", "no"));
    } else {
      problem(out, request, fault == Fault.SURPLUS_IS_503 ? 503 : 429, null, header);
    }
  }

  private String streamHead(PracticeRequest request) {
    StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream");
    head.append(fault == Fault.NO_CHARSET ? "\r\n" : ";charset=UTF-8\r\n");
    head.append("Cache-Control: ").append(fault == Fault.STORABLE ? "no-cache" : "no-store");
    head.append(fault == Fault.CACHEABLE ? "" : ", no-transform");
    head.append("\r\nX-Accel-Buffering: ").append(fault == Fault.BUFFERED ? "yes" : "no");
    if (fault != Fault.NO_REQUEST_ID) {
      head.append("\r\nX-Request-ID: 1");
    }
    if (fault == Fault.COMPRESSED && request.headers().containsKey("Accept-Encoding")) {
      head.append("\r\nContent-Encoding: gzip");
    }
    head.append(
        fault == Fault.CONTENT_LENGTH
            ? "\r\nContent-Length: 99999999"
            : "\r\nTransfer-Encoding: chunked");
    return head.append("\r\n\r\n").toString();
  }

  private String badParameter(PracticeRequest request) {
    String stream = fault == Fault.NEGATIVE_IDS_TAKEN ? "-?\\d+|x?" : "\\d+";
    if (!request.values("streams").stream().allMatch(id -> id.matches(stream))) {
      return "streams";
    }
    if (!request.values("users").stream().allMatch(this::isAddress)) {
      return "users";
    }
    if (fault != Fault.ANY_TYPE_TAKEN && !TYPES.containsAll(request.values("types"))) {
      return "types";
    }
    int values = request.values("streams").size() + request.values("users").size();
    int most = fault == Fault.LOW_LIMIT ? 255 : fault == Fault.NO_LIMIT ? 999 : 256;
    if (values > most) {
      return "streams";
    }
    if (values == 0 && request.one("all") == null && fault != Fault.NOTHING_TAKEN) {
      return "streams";
    }
    if (isMalformed(request.one("lastEventId")) && fault != Fault.MALFORMED_PARAMETER_TAKEN) {
      return "lastEventId";
    }
    if (isMalformed(request.headers().get("Last-Event-ID"))
        && fault != Fault.MALFORMED_HEADER_TAKEN) {
      return "Last-Event-ID";
    }
    String beat = request.one("heartbeat");
    boolean isGood = beat == null || beat.matches("\\d+") || fault == Fault.ANY_HEARTBEAT_TAKEN;
    return isGood ? null : "heartbeat";
  }

  private static boolean isMalformed(String id) {
    return id != null && !id.matches("\\d{1,18}([.][a-z0-9]+)?");
  }

  private boolean isAddress(String text) {
    return text.length() == 56 && (fault == Fault.CHECKSUM_IGNORED || isStrKey(text));
  }

  private static boolean isStrKey(String text) {
    try {
      Address.parse("users", text);
      return true;
    } catch (InvalidValueException e) {
      return false;
    }
  }

  private void history(PracticeRequest request, OutputStream out) throws IOException {
    ObjectNode answer = JSON.createObjectNode();
    var events = answer.putArray("events");
    for (PracticeLog.Event event : log.after(Long.parseLong(request.one("after")))) {
      if (event.text("sender").equals(request.one("user"))) {
        events.addObject().put("seq", event.position());
      }
    }
    if (fault == Fault.SHORT_HISTORY) {
      events.remove(events.size() - 1);
    }
    json(out, 200, answer);
  }

  private void command(PracticeRequest request, String path, OutputStream out)
      throws IOException, InterruptedException {
    if (request.body().length() > 16 << 10) {
      problem(out, request, fault == Fault.LARGE_BODIES_TAKEN ? 400 : 413, "body");
      return;
    }
    while (fault.concernsTheSlow()
        && path.endsWith("pause")
        && open.stream().anyMatch(one -> one.isFarBehind() && !one.isSlow())) {
      closed.await(10, TimeUnit.MILLISECONDS); // until those who do not read are known to be slow
    }
    String[] parts = path.split("/");
    JsonNode body = parse(request.body());
    if (path.equals("/streams")) {
      if (!body.path("depositedAmount").isTextual() && fault != Fault.NUMBERS_TAKEN) {
        problem(out, request, 400, "depositedAmount");
        return;
      }
      long id = log.create((ObjectNode) body);
      out.write(
          Head.ascii(
              "HTTP/1.1 201 Created\r\nLocation: /v1/streams/"
                  + id
                  + "\r\nContent-Length: 0\r\n\r\n"));
    } else if (parts.length == 4 && log.command(Long.parseLong(parts[2]), parts[3])) {
      json(out, 200, JSON.createObjectNode());
    } else {
      problem(out, request, 404, null);
    }
    while (fault == Fault.WAITS_FOR_THE_SLOW
        && open.stream().anyMatch(PracticeSubscription::isFarBehind)
        && !closed.await(10, TimeUnit.MILLISECONDS)) {
      // as a server does whose publisher writes to each subscriber
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the kit sends no such body: " + text, e);
    }
  }

  private void problem(OutputStream out, PracticeRequest request, int status, String parameter)
      throws IOException {
    problem(out, request, status, parameter, "");
  }

  private void problem(
      OutputStream out, PracticeRequest request, int status, String parameter, String header)
      throws IOException {
    String detail =
        switch (fault) {
          case CLASS_NAME -> "java.lang.NumberFormatException: abc";
          case LINE_OF_A_STACK_TRACE -> "at com.example.Streams.read(Streams.java:7)";
          case STATEMENT -> "in SELECT id FROM streams";
          default -> "no";
        };
    ObjectNode problem = JSON.createObjectNode().put("type", "about:blank").put("title", "Error");
    problem.put("status", fault == Fault.ANOTHER_STATUS ? 500 : status).put("detail", detail);
    problem.put("message", fault == Fault.ANOTHER_MESSAGE ? "another" : detail);
    if (fault != Fault.NO_INSTANCE) {
      problem.put("instance", request.path());
    }
    if (parameter != null && fault != Fault.NO_ERRORS) {
      problem.putArray("errors").addObject().put("parameter", parameter).put("message", detail);
    }
    String type = fault == Fault.PLAIN_JSON ? "application/json" : "application/problem+json";
    boolean isNamed = fault != Fault.PROBLEM_WITHOUT_REQUEST_ID;
    write(out, status, type + (isNamed ? "\r\nX-Request-ID: 1" : "") + header, problem);
  }

  private static void json(OutputStream out, int status, ObjectNode body) throws IOException {
    write(out, status, "application/json\r\nX-Request-ID: 1", body);
  }

  private static void write(OutputStream out, int status, String headers, ObjectNode json)
      throws IOException {
    byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
    out.write(
        Head.ascii(
            "HTTP/1.1 %d Status\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, headers, body.length, json)));
  }

  /** Ends every connection. */
  @Override
  public void close() throws IOException {
    stop();
    closed.countDown();
    listener.close();
    for (Socket socket : new HashSet<>(sockets)) {
      socket.close();
    }
  }
}
