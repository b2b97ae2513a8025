package io.flowfi.web.edge;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads request bodies within a time limit, so that nothing after this filter blocks on a body. A
 * body that has arrived with its head is read at once. On Tomcat a slow body occupies no thread: it
 * is read as it comes, and when it is complete the request continues with an {@code ASYNC}
 * dispatch: <b>every filter after this one must be mapped to {@code REQUEST} and {@code ASYNC}.</b>
 *
 * <p>On other containers the request's thread waits for the body. The other way is not reliable on
 * Payara (6.2025.10). A dispatch by one thread is lost when the request's first thread is just
 * leaving: {@code AsyncContextImpl} decides to wait, and stores the dispatch after the other thread
 * has already looked for it. The request hangs and ends with a 500. Its read listeners also miss
 * bodies that come at the wrong moment, and following requests were read as bodies.
 */
public final class BodyFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(BodyFilter.class);

  /** For every body (contract section 4): code after this filter need not check again. */
  static final int MAX_BYTES = 16 * 1024;

  /** Read and dropped, so that an honest client can read why it is rejected. */
  static final int MAX_DISCARDED = 1024 * 1024;

  static final int CHUNK = 2048;

  private static final byte[] NOTHING = new byte[0];

  private final transient Duration limit;
  private final boolean holdsThreads;

  /**
   * Gives bodies less time than the connector allows for silence, because the connector sends no
   * answer at its end.
   *
   * @param holdsThreads whether a thread waits for a body that comes late
   */
  public BodyFilter(boolean holdsThreads) {
    this(Duration.ofSeconds(8), holdsThreads);
  }

  BodyFilter(Duration limit, boolean holdsThreads) {
    this.limit = limit;
    this.holdsThreads = holdsThreads;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() == DispatcherType.ASYNC || !hasBody(request)) {
      if (isEncoded(request)) {
        ReceivedBody.Verdict.ENCODED.refuse(request, response);
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
        // nearly every request: the body came in one piece
        chain.doFilter(new WholeRequest(request, arrived), response);
        return;
      }
    }
    ReceivedBody body = new ReceivedBody(isEncoded(request), promised(request), arrived);
    if (holdsThreads) {
      ReceivedBody.Verdict verdict = readAll(in, body);
      if (verdict == null) {
        chain.doFilter(new WholeRequest(request, body.bytes()), response);
      } else {
        verdict.refuseAndClose(request, response);
      }
      return;
    }
    BodyReader reader = new BodyReader(request, response, body);
    AsyncContext context = request.startAsync(reader.request(), response);
    context.setTimeout(limit.toMillis());
    context.addListener(reader);
    reader.start(context, in);
  }

  /**
   * Reads to the end and waits. The container limits a single wait.
   *
   * @return null if the body is complete and accepted
   */
  private ReceivedBody.Verdict readAll(ServletInputStream in, ReceivedBody body) {
    long begun = System.nanoTime();
    byte[] chunk = new byte[CHUNK];
    try {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        body.add(chunk, read);
        if (body.isEnough()) {
          break;
        }
        if (System.nanoTime() - begun > limit.toNanos()) {
          return body.verdictWhenLate();
        }
      }
      if (body.verdict() == null && !body.isWhole()) {
        return ReceivedBody.Verdict.MALFORMED;
      }
      return body.verdict();
    } catch (IOException broken) {
      LOG.debug("a body could not be read", broken);
      return System.nanoTime() - begun > limit.toNanos()
          ? body.verdictWhenLate()
          : body.verdictOn(broken);
    }
  }

  /**
   * The bytes that can be read without waiting. Tomcat reports only that there are unread bytes,
   * not how many, so this reads until there are none.
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

  static boolean hasBody(HttpServletRequest request) throws IOException {
    return request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null
        || isOverHttp2(request) && comesWithoutLength(request);
  }

  /** HTTP/2 ends a body by a flag, so its head need not say that there is one. */
  private static boolean comesWithoutLength(HttpServletRequest request) throws IOException {
    ServletInputStream in = request.getInputStream();
    return request.getContentLengthLong() < 0 && (in.available() > 0 || !in.isFinished());
  }

  private static boolean isOverHttp2(HttpServletRequest request) {
    return request.getProtocol().startsWith("HTTP/2");
  }

  /**
   * The expected length. Chunks mark their own end. But HTTP/2 has no chunks, so a head that names
   * them belongs to an upgraded request, whose body may be lost.
   */
  private static long promised(HttpServletRequest request) {
    boolean upgraded = isOverHttp2(request) && request.getHeader("Transfer-Encoding") != null;
    return upgraded ? 1 : request.getContentLengthLong();
  }

  /** We unpack nothing, so no compressed body can grow in memory. */
  private static boolean isEncoded(HttpServletRequest request) {
    String encoding = request.getHeader("Content-Encoding");
    return encoding != null && !"identity".equalsIgnoreCase(encoding);
  }
}
