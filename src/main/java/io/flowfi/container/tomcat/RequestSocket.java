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
 * The socket behind an HTTP/1.1 request, for its time-outs and its buffer. Tomcat has no API for
 * it, so this uses private fields. If a later Tomcat has other fields, its own time-outs stay and
 * nothing else changes.
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
          "this Tomcat's own time-outs end clients that take nothing of an answer or an event stream",
          otherTomcat);
      return null;
    }
  }

  /**
   * The socket of a request.
   *
   * @return null if it is unknown, or shared with other requests, as by streams of HTTP/2
   */
  static SocketWrapperBase<?> of(ServletRequest request) {
    Object processor = processorOf(request);
    return processor instanceof Http11Processor
        ? (SocketWrapperBase<?>) FIELDS.socket.get(processor)
        : null;
  }

  /**
   * How long Tomcat waits by itself for the socket of a request, in milliseconds; -1 is forever.
   * Only for a request for which {@link #of} finds the socket.
   */
  static long connectionTimeout(ServletRequest request) {
    return ((AbstractProtocol<?>) inside(request).getConnector().getProtocolHandler())
        .getConnectionTimeout();
  }

  /**
   * The object that processes a request inside Tomcat.
   *
   * @return null if it is unknown
   */
  static Object processorOf(ServletRequest request) {
    Request inside = inside(request);
    return inside == null ? null : FIELDS.processor.get(inside.getCoyoteRequest());
  }

  /**
   * Puts the head of a request's response into its socket's buffer, without sending it, as a flush
   * would. Only for a request for which {@link #of} finds the socket.
   */
  static void commit(ServletRequest request) {
    org.apache.coyote.Response response = inside(request).getCoyoteRequest().getResponse();
    response.action(ActionCode.COMMIT, response);
  }

  /** Null if it is unknown. */
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
