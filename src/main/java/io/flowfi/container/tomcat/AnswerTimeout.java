package io.flowfi.container.tomcat;

import io.flowfi.output.LongAnswer;
import io.flowfi.output.OnePiece;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a thread waits for a client to take any of an answer. Tomcat waits for the connector's
 * {@code connectionTimeout}, ten seconds; a few clients that keep sending requests without reading
 * could hold every thread of the connector. (The threads that answer commands do not write: Jersey
 * buffers the answer, and a thread of the connector writes it.)
 *
 * <p>The limit can be so short because it affects no other client. The largest answer that is not
 * declared as long, 200 events of the greatest length, is about 120 KB and fits into the kernel's
 * send buffer. So a client that has read the earlier answers is never waited for, however slow its
 * network is. That needs a connector with a buffer of that size ({@code socket.txBufSize}); where
 * it is smaller, Tomcat's own limit stays. It also applies to an answer that is declared as longer,
 * see {@link LongAnswer}.
 *
 * <p>Also lets an answer have a larger {@link AnswerBuffer}, because it knows the socket.
 */
final class AnswerTimeout extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(AnswerTimeout.class);

  static final int LIMIT_MILLIS = 100;

  /** The kernel doubles it, and its own overhead, about a third of the total, counts too. */
  static final int MIN_SEND_BYTES = LongAnswer.BEGINS_AT;

  private final boolean answersFit;

  AnswerTimeout(ServletContext application) {
    answersFit =
        Arrays.stream(OurContext.serviceOf(application).findConnectors())
            .allMatch(connector -> sendBytes(connector) >= MIN_SEND_BYTES);
    if (!answersFit) {
      LOG.info(
          "a client that does not read holds a thread for the connector's connectionTimeout: its"
              + " socket.txBufSize is not {} or more",
          MIN_SEND_BYTES);
    }
  }

  private static int sendBytes(Connector connector) {
    String set = Objects.toString(connector.getProperty("socket.txBufSize"), "");
    return set.matches("\\d{1,9}") ? Integer.parseInt(set) : 0;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    SocketWrapperBase<?> socket = answersFit ? RequestSocket.of(request) : null;
    if (socket == null) {
      chain.doFilter(request, response);
      return;
    }
    // for this answer and all later ones on this connection; an event stream sets its own
    socket.setWriteTimeout(LIMIT_MILLIS);
    long tomcats = RequestSocket.connectionTimeout(request);
    request.setAttribute(LongAnswer.ATTRIBUTE, (LongAnswer) () -> socket.setWriteTimeout(tomcats));
    AnswerBuffer buffer = new AnswerBuffer(request, socket);
    request.setAttribute(OnePiece.ATTRIBUTE, buffer);
    try {
      chain.doFilter(request, response);
      buffer.flush(response);
    } finally {
      buffer.giveBack();
    }
  }
}
