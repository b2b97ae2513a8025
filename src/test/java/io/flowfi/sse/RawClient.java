package io.flowfi.sse;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An HTTP/1.1 client that shows every byte of the answer. Reads fail after ten seconds without one.
 */
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private String statusLine;
  private boolean chunked;
  private int chunkLeft;

  public RawClient(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(10_000);
    in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
  }

  /**
   * @param receiveBuffer bytes the system may hold unread for this client; 0 leaves that to the
   *     system
   */
  public static RawClient connect(int port, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
    return new RawClient(socket);
  }

  /** Sends a whole request on a connection of its own and reads the head of the answer. */
  public static RawClient exchange(int port, String request) throws IOException {
    RawClient client = connect(port, 0);
    client.send(request);
    client.readHead();
    return client;
  }

  public void request(String method, String path) throws IOException {
    send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** How many bytes have arrived and are not read. */
  public int available() throws IOException {
    return in.available();
  }

  public void readHead() throws IOException {
    statusLine = line();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    chunked = "chunked".equals(headers.get("transfer-encoding"));
  }

  public int status() {
    return Integer.parseInt(statusLine.split(" ")[1]);
  }

  public Map<String, String> headers() {
    return headers;
  }

  /** One frame of the body, its blank line included. */
  public String frame() throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    int last = -1;
    for (int b = body(); ; b = body()) {
      if (b < 0) {
        throw new EOFException("the stream ended after: " + frame.toString(StandardCharsets.UTF_8));
      }
      frame.write(b);
      if (b == '\n' && last == '\n') {
        return frame.toString(StandardCharsets.UTF_8);
      }
      last = b;
    }
  }

  /** The rest of the body, up to its end by the server. */
  public String rest() throws IOException {
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    for (int b = body(); b >= 0; b = body()) {
      rest.write(b);
    }
    return rest.toString(StandardCharsets.UTF_8);
  }

  /** That many bytes of the body. */
  public String body(int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (bytes.size() < length) {
      int b = body();
      if (b < 0) {
        throw new EOFException("the body ended after " + bytes.size() + " bytes");
      }
      bytes.write(b);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private int body() throws IOException {
    if (!chunked) {
      return in.read();
    }
    if (chunkLeft == 0) {
      String size = line();
      chunkLeft = Integer.parseInt(size.isEmpty() ? line() : size, 16);
      if (chunkLeft == 0) {
        return -1;
      }
    }
    int b = in.read();
    if (--chunkLeft == 0) {
      line();
    }
    return b;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended after: " + line);
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
