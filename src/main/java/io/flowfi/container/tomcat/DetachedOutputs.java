package io.flowfi.container.tomcat;

import io.flowfi.fanout.Subscriber;
import io.flowfi.output.OutputAdapter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.apache.tomcat.util.threads.ScheduledThreadPoolExecutor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections over by Tomcat's upgrade mechanism while the response is a plain 200. Tomcat
 * then recycles request, response and processor, about 100 KB a connection, and keeps only the
 * socket.
 */
final class DetachedOutputs implements OutputAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(DetachedOutputs.class);

  /** Long enough for a proxy beside us to have read the head. */
  private static final long AFTER_HEAD_MILLIS = 20;

  /**
   * An HTTP/2 stream has no socket of its own to detach. And Tomcat checks for an upgrade only
   * after the first dispatch of a request: after a later one, caused by a late or chunked body, it
   * would close the connection.
   */
  @Override
  public boolean accepts(HttpServletRequest request) {
    return request.getProtocol().startsWith("HTTP/1.")
        && request.getDispatcherType() != DispatcherType.ASYNC;
  }

  @Override
  public void open(HttpServletRequest request, HttpServletResponse response, Subscriber subscriber)
      throws IOException {
    DetachedOutput output;
    try {
      output = request.upgrade(DetachedOutput.class);
    } catch (ServletException refused) {
      throw new IOException("Tomcat refuses to detach the connection", refused);
    }
    output.reportTo(subscriber);
    SocketWrapperBase<?> socket = RequestSocket.of(request);
    response.setStatus(HttpServletResponse.SC_OK);
    boolean byVarnish = isByVarnish(request);
    // neither chunked nor of a known length: the body ends with the connection
    response.setHeader("Connection", "close");
    try {
      // both ways commit the response, which keeps Tomcat from adding Content-Length: 0
      if (!output.openWith(socket, () -> RequestSocket.commit(request))) {
        response.flushBuffer();
      }
      if (byVarnish) {
        output.offer(ByteBuffer.allocate(0));
      }
    } catch (IOException | RuntimeException failed) {
      output.close();
      throw failed;
    }
    // before Tomcat has finished the request: if Tomcat fails until then, the next write (at the
    // latest a heartbeat) or the stall time-out ends the subscriber
    if (!byVarnish || !startsLater(request, subscriber, output)) {
      subscriber.start(output);
    }
  }

  /**
   * Varnish holds what it reads together with the head until more comes (7.1.1), which may be the
   * first heartbeat. So the head leaves alone, and the greeting a little later. For all others that
   * would only cost a system call and time.
   */
  private static boolean isByVarnish(HttpServletRequest request) {
    return request.getHeader("X-Varnish") != null;
  }

  /**
   * Starts on a thread that Tomcat has for such things.
   *
   * @return false if it has none
   */
  private static boolean startsLater(
      HttpServletRequest request, Subscriber subscriber, DetachedOutput output) {
    Object timer =
        request.getServletContext().getAttribute(ScheduledThreadPoolExecutor.class.getName());
    if (timer instanceof ScheduledExecutorService executor) {
      try {
        executor.schedule(() -> subscriber.start(output), AFTER_HEAD_MILLIS, TimeUnit.MILLISECONDS);
        return true;
      } catch (RejectedExecutionException stopping) {
        LOG.debug("an event stream begins while the server stops", stopping);
      }
    }
    return false;
  }
}
