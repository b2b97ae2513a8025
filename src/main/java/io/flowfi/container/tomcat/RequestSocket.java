package io.flowfi.container.tomcat;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.lang.invoke.VarHandle;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.RequestFacade;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.ActionCode;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket behind an HTTP/1.1 request, for its time-outs and its buffer. Tomcat has no call for
 * them, so the way to it leads through private fields; if a later Tomcat has other fields, its own
 * time-outs stay and nothing else changes.
 */
final class RequestSocket {
  private static final Logger LOG = LoggerFactory.getLogger(RequestSocket.class);

  private static final Fields FIELDS = fields();

  private RequestSocket() {}

  private record Fields(VarHandle request, VarHandle processor, VarHandle socket) {}

  private static Fields fields() {
    try {
      return new Fields(
          Insides.Field.FACADE_REQUEST.find(),
          Insides.Field.REQUEST_HOOK.find(),
          Insides.Field.PROCESSOR_SOCKET.find());
    } catch (ReflectiveOperationException | LinkageError otherTomcat) {
      LOG.warn(
          "this Tomcat ends by its own time-outs who takes nothing of an answer or an event stream",
          otherTomcat);
      return null;
    }
  }

  /**
   * The socket that has brought a request.
   *
   * @return null if it cannot be told, or is not the request's alone: streams of HTTP/2 share one
   */
  static SocketWrapperBase<?> of(ServletRequest request) {
    Object processor = processorOf(request);
    return processor instanceof Http11Processor
        ? (SocketWrapperBase<?>) FIELDS.socket.get(processor)
        : null;
  }

  /**
   * How long Tomcat waits by itself for the socket of a request, in milliseconds; -1 is for ever.
   * Only for a request of which {@link #of} tells the socket.
   */
  static long connectionTimeout(ServletRequest request) {
    return ((AbstractProtocol<?>) inside(request).getConnector().getProtocolHandler())
        .getConnectionTimeout();
  }

  /**
   * What serves a request inside of Tomcat.
   *
   * @return null if it cannot be told
   */
  static Object processorOf(ServletRequest request) {
    Request inside = inside(request);
    return inside == null ? null : FIELDS.processor.get(inside.getCoyoteRequest());
  }

  /**
   * Puts the head of a request's response into its socket's buffer, where flushing the response
   * would also send it. Only for a request of which {@link #of} tells the socket.
   */
  static void commit(ServletRequest request) {
    org.apache.coyote.Response response = inside(request).getCoyoteRequest().getResponse();
    response.action(ActionCode.COMMIT, response);
  }

  /** Null if it cannot be told. */
  private static Request inside(ServletRequest request) {
    ServletRequest innermost = request;
    while (innermost instanceof ServletRequestWrapper wrapper) {
      innermost = wrapper.getRequest();
    }
    return FIELDS != null && innermost instanceof RequestFacade
        ? (Request) FIELDS.request.get(innermost)
        : null;
  }
}
