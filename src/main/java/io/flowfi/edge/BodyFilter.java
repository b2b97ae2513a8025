package io.flowfi.edge;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * Reads request bodies before anybody waits for them. A body that has arrived with its head is read
 * at once; one that dribbles in is read as it comes, without a thread, within a time limit, and the
 * request goes on when it is whole. So slow senders occupy no threads, and nobody behind this
 * filter blocks on a body.
 *
 * <p>When the request goes on later, it does so by an {@code ASYNC} dispatch: <b>every filter
 * behind this one must be mapped to {@code REQUEST} and {@code ASYNC}.</b>
 */
public final class BodyFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** For every body there is (contract section 4): who comes after this filter asks no more. */
  static final int MAX_BYTES = 16 * 1024;

  /** Read and thrown away, so that an honest client gets to see why it is refused. */
  static final int MAX_DISCARDED = 1024 * 1024;

  private static final byte[] NOTHING = new byte[0];

  private final transient Duration limit;

  /** Gives bodies less time than the connector gives silence, whose end comes without an answer. */
  public BodyFilter() {
    this(Duration.ofSeconds(8));
  }

  BodyFilter(Duration limit) {
    this.limit = limit;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() == DispatcherType.ASYNC || !hasBody(request)) {
      if (isEncoded(request)) {
        BodyReader.Verdict.ENCODED.refuse(request, response);
      } else {
        chain.doFilter(request, response);
      }
      return;
    }
    ServletInputStream in = request.getInputStream();
    long length = request.getContentLengthLong();
    byte[] arrived = NOTHING;
    if (length >= 0 && length <= MAX_BYTES && !isEncoded(request)) {
      arrived = arrived(in, (int) length);
      if (arrived.length == length) {
        // nearly every request: it came in one piece
        chain.doFilter(new WholeRequest(request, arrived), response);
        return;
      }
    }
    BodyReader reader = new BodyReader(request, response, isEncoded(request), arrived);
    AsyncContext context = request.startAsync(reader.request(), response);
    context.setTimeout(limit.toMillis());
    context.addListener(reader);
    reader.start(context, in);
  }

  /**
   * What can be read without waiting. Tomcat says of bytes that it has not handed out yet only that
   * there are some, so they are asked for until there are none.
   */
  private static byte[] arrived(ServletInputStream in, int length) throws IOException {
    byte[] body = new byte[length];
    int count = 0;
    while (count < length && in.available() > 0) {
      int read = in.read(body, count, length - count);
      if (read < 0) {
        break;
      }
      count += read;
    }
    return count == length ? body : Arrays.copyOf(body, count);
  }

  static boolean hasBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
  }

  /** Nobody here unpacks anything, so nothing can blow up in our hands. */
  private static boolean isEncoded(HttpServletRequest request) {
    String encoding = request.getHeader("Content-Encoding");
    return encoding != null && !"identity".equalsIgnoreCase(encoding);
  }
}
