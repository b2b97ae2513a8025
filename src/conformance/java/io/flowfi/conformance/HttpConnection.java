package io.flowfi.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A connection that speaks HTTP/1.1, of one thread, one request after the other. */
final class HttpConnection implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BODY_BYTES = 16 << 20;
  private static final int WIDE_BUFFER = 256 << 10;

  private final Target target;
  private final Socket socket;
  private final InputStream in;

  /**
   * @param receiveBuffer bytes that the kernel may hold for this end, or 0 for its default
   */
  HttpConnection(Target target, int receiveBuffer) throws IOException {
    this.target = target;
    Socket plain = new Socket();
    try {
      if (receiveBuffer > 0) {
        plain.setReceiveBufferSize(receiveBuffer);
      }
      int patience = (int) target.patience().toMillis();
      plain.connect(new InetSocketAddress(target.url().getHost(), target.port()), patience);
      plain.setSoTimeout(patience);
      plain.setTcpNoDelay(true);
      this.socket = target.isTls() ? tls(plain) : plain;
      InputStream raw = socket.getInputStream();
      // a small one must stay the only buffer
      this.in = receiveBuffer > 0 ? raw : new BufferedInputStream(raw);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private Socket tls(Socket plain) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    SSLSocket tls =
        (SSLSocket) factory.createSocket(plain, target.url().getHost(), target.port(), true);
    var parameters = tls.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    tls.setSSLParameters(parameters);
    tls.startHandshake();
    return tls;
  }

  /** A complete answer. */
  record Answer(Head head, String body) {
    int status() {
      return head.status();
    }

    /** The body, which must be JSON. */
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new Broken("not JSON: " + this, e);
      }
    }

    @Override
    public String toString() {
      return head.status() + " " + (body.length() > 300 ? body.substring(0, 300) + "..." : body);
    }
  }

  /**
   * Sends a request and reads the status and headers of its answer.
   *
   * @param path below the server's root, begins with a slash
   * @param headers lines without their ends
   * @param body or null
   */
  Head begin(String method, String path, List<String> headers, String body) throws IOException {
    byte[] bytes = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    StringBuilder request =
        new StringBuilder(method + " " + target.root() + path + " HTTP/1.1\r\n");
    request.append("Host: ").append(target.url().getRawAuthority()).append("\r\n");
    headers.forEach(line -> request.append(line).append("\r\n"));
    if (body != null) {
      request.append("Content-Length: ").append(bytes.length).append("\r\n");
    }
    byte[] head = Head.ascii(request.append("\r\n").toString());
    byte[] all = new byte[head.length + bytes.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(bytes, 0, all, head.length, bytes.length);
    socket.getOutputStream().write(all);
    Head answer = Head.read(in);
    while (answer.status() < 200) {
      answer = Head.read(in);
    }
    return answer;
  }

  Answer exchange(String method, String path, List<String> headers, String body)
      throws IOException {
    return answer(begin(method, path, headers, body));
  }

  /** The whole answer whose beginning was read. */
  Answer answer(Head head) throws IOException {
    return new Answer(head, rest(head));
  }

  private String rest(Head head) throws IOException {
    if (head.header("Content-Type").orElse("").startsWith("text/event-stream")) {
      return "(an event stream)";
    }
    byte[] bytes = body(head).readNBytes(MOST_BODY_BYTES);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  Body body(Head head) throws IOException {
    return Body.of(head, in);
  }

  /** From now on a read waits as long as it takes. */
  void waitForever() throws IOException {
    socket.setSoTimeout(0);
  }

  /**
   * A small buffer is small no more. Through it a stream comes in steps of one event, and each step
   * waits for the processor on a busy machine.
   */
  void widen() throws IOException {
    socket.setReceiveBufferSize(WIDE_BUFFER);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
