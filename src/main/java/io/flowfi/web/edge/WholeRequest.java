package io.flowfi.web.edge;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A request whose body is in memory. */
final class WholeRequest extends HttpServletRequestWrapper {
  private byte[] bytes;
  private ByteArrayInputStream body;

  WholeRequest(HttpServletRequest request, byte[] body) {
    super(request);
    complete(body);
  }

  /** The body of a request behind the filter that has read it; empty if it has none. */
  static byte[] bodyOf(ServletRequest request) {
    if (request instanceof WholeRequest whole) {
      return whole.bytes.clone();
    }
    return request instanceof ServletRequestWrapper wrapper
        ? bodyOf(wrapper.getRequest())
        : new byte[0];
  }

  /** Sets the body; before anybody reads it. */
  final void complete(byte[] bytes) {
    this.bytes = bytes;
    body = new ByteArrayInputStream(bytes);
  }

  @Override
  public ServletInputStream getInputStream() {
    return new InMemory(body);
  }

  @Override
  public BufferedReader getReader() {
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  private static final class InMemory extends ServletInputStream {
    private final ByteArrayInputStream body;

    InMemory(ByteArrayInputStream body) {
      this.body = body;
    }

    @Override
    public int read() {
      return body.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      return body.read(into, offset, length);
    }

    @Override
    public int available() {
      return body.available();
    }

    @Override
    public boolean isFinished() {
      return body.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("the body has been read");
    }
  }
}
