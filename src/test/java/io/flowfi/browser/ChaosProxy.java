package io.flowfi.browser;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A proxy that does to event streams what proxies and networks do, when it is told to. One request
 * a connection, each with threads of its own. It also hands out tokens, so that pages behind it
 * need no other origin.
 */
final class ChaosProxy implements AutoCloseable {
  private static final Pattern RESUME = Pattern.compile("lastEventId=(\\d+)");
  private static final Pattern HOP = Pattern.compile("(?i)\r\nConnection: [^\r]*");
  private static final int LONGEST_HEAD = 32 * 1024;
  private static final String UNAVAILABLE = "HTTP/1.1 503 ";

  /** A path that is not answered before {@link #wake}. */
  static final String ASLEEP = "/asleep";

  /** Who gets which token. */
  interface Tokens {
    String token(boolean renew);
  }

  private final int serverPort;
  private final Tokens tokens;
  private final ServerSocket socket;

  /** The event streams, and how many more bytes each may pass on. */
  private final Map<Socket, AtomicLong> streams = new ConcurrentHashMap<>();

  private final Set<Socket> all = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger rewinds = new AtomicInteger();
  private final AtomicInteger serversRefusals = new AtomicInteger();
  private final Semaphore wakings = new Semaphore(0);

  ChaosProxy(int serverPort, Tokens tokens) {
    this.serverPort = serverPort;
    this.tokens = tokens;
    try {
      socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("accept", this::accept);
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
  }

  /** How many event streams there are now. */
  int streams() {
    return streams.size();
  }

  /** Cuts every event stream, as soon as this many more bytes of it have passed. */
  void cutAfter(long bytes) {
    if (bytes == 0) {
      streams.keySet().forEach(ChaosProxy::close);
    }
    streams.values().forEach(left -> left.set(bytes));
  }

  /** Answers the next event streams with 503. */
  void refuse(int requests) {
    refusals.set(requests);
  }

  /** Lets the next event streams resume before their position: they get some events again. */
  void rewind(int requests) {
    rewinds.set(requests);
  }

  /** How many event streams the server itself has answered with 503. */
  int serversRefusals() {
    return serversRefusals.get();
  }

  /** Answers one request for {@link #ASLEEP}, which waits for that. */
  void wake() {
    wakings.release();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = socket.accept();
      all.add(client);
      start("client", () -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client) {
      client.setTcpNoDelay(true);
      String head = head(client.getInputStream());
      String line = head.substring(0, head.indexOf('\r') + 1);
      boolean stream = line.contains("/events/subscribe");
      if (line.contains("/test-token")) {
        answer(client, "200 OK", tokens.token(line.contains("renew=true")));
      } else if (line.contains(ASLEEP)) {
        wakings.acquireUninterruptibly();
        answer(client, "200 OK", "");
      } else if (stream && taken(refusals)) {
        answer(client, "503 Service Unavailable\r\nRetry-After: 1", "draining");
      } else {
        pass(client, stream && taken(rewinds) ? rewound(head) : head, stream);
      }
    } finally {
      all.remove(client);
    }
  }

  private static boolean taken(AtomicInteger some) {
    return some.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  private static String rewound(String head) {
    Matcher resume = RESUME.matcher(head);
    return resume.replaceFirst(m -> "lastEventId=" + Math.max(0, Long.parseLong(m.group(1)) - 3));
  }

  private void pass(Socket client, String head, boolean stream) throws IOException {
    AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    try (Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
      all.add(server);
      server.setTcpNoDelay(true);
      server
          .getOutputStream()
          .write(
              HOP.matcher(head)
                  .replaceAll("")
                  .replaceFirst("\r\n\r\n", "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      if (stream) {
        streams.put(client, left);
      }
      // what the client sends further, and its end
      start("upwards", () -> copy(client, server, new AtomicLong(Long.MAX_VALUE)));
      if (stream && isRefused(server.getInputStream(), client.getOutputStream())) {
        serversRefusals.incrementAndGet();
      }
      copy(server, client, left);
      all.remove(server);
    } finally {
      streams.remove(client);
    }
  }

  /** Passes the beginning of an answer on. */
  private static boolean isRefused(InputStream in, OutputStream out) throws IOException {
    byte[] begin = in.readNBytes(UNAVAILABLE.length());
    out.write(begin);
    return new String(begin, StandardCharsets.ISO_8859_1).equals(UNAVAILABLE);
  }

  private static void copy(Socket from, Socket to, AtomicLong left) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        long rest = left.addAndGet(-n);
        out.write(buffer, 0, (int) Math.max(0, Math.min(n, n + rest)));
        if (rest <= 0) {
          break;
        }
      }
    } catch (IOException ended) {
      // one of both is gone
    } finally {
      close(from);
      close(to);
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (head.size() < LONGEST_HEAD) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.write(b);
      if (b == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        return head.toString(StandardCharsets.ISO_8859_1);
      }
    }
    throw new IOException("a head without an end");
  }

  private static void answer(Socket client, String status, String body) throws IOException {
    String answer =
        "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\nCache-Control: no-store\r\n\r\n%s"
            .formatted(status, body.length(), body);
    client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                // a connection that cannot be had, or the end of the test
              }
            },
            "chaos-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.forEach(ChaosProxy::close);
  }
}
