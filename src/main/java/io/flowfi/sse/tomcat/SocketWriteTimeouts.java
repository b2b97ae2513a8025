package io.flowfi.sse.tomcat;

import io.flowfi.sse.WriteTimeouts;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.RequestFacade;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionHook;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The write time-out of the socket behind an HTTP/1.1 request.
 *
 * <p>Tomcat sets it to the connector's {@code connectionTimeout} and uses it twice. A response in
 * asynchronous mode whose client takes nothing for that long is ended by the poller, whatever the
 * application thinks of it. And when a response is completed with bytes still unsent, a request
 * thread waits that long for the client to take them: a few dozen clients that stand still, ended
 * together, would keep every thread of the server.
 *
 * <p>So while an event stream is open there is none, and at its end almost none. Neither may be met
 * by a later request on the same connection: there is none, because the response says {@code
 * Connection: close}.
 *
 * <p>Tomcat has no call for this, so the way to the socket leads through its private fields; if a
 * later Tomcat has other fields, its own time-outs stay. Streams of HTTP/2 share a socket with
 * others and are left alone.
 */
public final class SocketWriteTimeouts implements WriteTimeouts {
  private static final Logger LOG = LoggerFactory.getLogger(SocketWriteTimeouts.class);

  private static final int NEVER = -1;

  /** Milliseconds; zero would be for ever. */
  private static final int AT_ONCE = 1;

  private final Fields fields = Fields.find();

  private record Fields(VarHandle request, VarHandle processor, VarHandle socket) {
    static Fields find() {
      try {
        MethodHandles.Lookup here = MethodHandles.lookup();
        return new Fields(
            MethodHandles.privateLookupIn(RequestFacade.class, here)
                .findVarHandle(RequestFacade.class, "request", Request.class),
            MethodHandles.privateLookupIn(org.apache.coyote.Request.class, here)
                .findVarHandle(org.apache.coyote.Request.class, "hook", ActionHook.class),
            MethodHandles.privateLookupIn(AbstractProcessor.class, here)
                .findVarHandle(AbstractProcessor.class, "socketWrapper", SocketWrapperBase.class));
      } catch (ReflectiveOperationException otherTomcat) {
        LOG.warn(
            "this Tomcat ends event streams whose clients take nothing by its own time-out",
            otherTomcat);
        return null;
      }
    }
  }

  @Override
  public Runnable lift(HttpServletRequest request, HttpServletResponse response) {
    SocketWrapperBase<?> socket = socketOf(request);
    if (socket == null) {
      return () -> {};
    }
    response.setHeader("Connection", "close");
    socket.setWriteTimeout(NEVER);
    return () -> socket.setWriteTimeout(AT_ONCE);
  }

  private SocketWrapperBase<?> socketOf(HttpServletRequest request) {
    if (fields == null) {
      return null;
    }
    ServletRequest innermost = request;
    while (innermost instanceof ServletRequestWrapper wrapper) {
      innermost = wrapper.getRequest();
    }
    if (!(innermost instanceof RequestFacade)) {
      return null;
    }
    Request inside = (Request) fields.request.get(innermost);
    Object processor = fields.processor.get(inside.getCoyoteRequest());
    return processor instanceof Http11Processor
        ? (SocketWrapperBase<?>) fields.socket.get(processor)
        : null;
  }
}
