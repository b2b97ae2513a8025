package io.flowfi.container.tomcat;

import io.flowfi.fanout.Subscriber;
import io.flowfi.output.OutputAdapter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Takes connections over by Tomcat's upgrade mechanism while the response is a plain 200. Tomcat
 * then recycles request, response and processor, about 100 KB a connection, and keeps only the
 * socket.
 */
final class DetachedOutputs implements OutputAdapter {
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
    // neither chunked nor of a known length: the body ends with the connection
    response.setHeader("Connection", "close");
    try {
      // both ways commit the response, which keeps Tomcat from adding Content-Length: 0
      if (!output.openWith(socket, () -> RequestSocket.commit(request))) {
        response.flushBuffer();
      }
    } catch (IOException | RuntimeException failed) {
      output.close();
      throw failed;
    }
    // before Tomcat has finished the request: if Tomcat fails until then, the next write (at the
    // latest a heartbeat) or the stall time-out ends the subscriber
    subscriber.start(output);
  }
}
