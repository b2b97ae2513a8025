package io.flowfi.container.payara;

import io.flowfi.output.WriteTimeouts;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits what Payara buffers for a client that takes nothing. By default these are some megabytes,
 * in its network layer Grizzly and in the kernel, so such a client is noticed very late. There is
 * no setting for one connection, so this calls public methods of its classes; if a later Payara has
 * other ones, that is logged once and nothing else changes.
 *
 * <p>For HTTP/1.1 only: streams of HTTP/2 share a connection.
 */
final class GrizzlyQueue implements WriteTimeouts {
  private static final Logger LOG = LoggerFactory.getLogger(GrizzlyQueue.class);

  /**
   * For Grizzly, which reports that it is full above this, and for the kernel, which doubles the
   * number. Events that do not fit wait in the log at no cost; events that wait here are late.
   */
  private static final int MOST_BYTES = 64 * 1024;

  private final AtomicBoolean warned = new AtomicBoolean();

  @Override
  public Of of(HttpServletRequest request, HttpServletResponse response) {
    if (request.getProtocol().startsWith("HTTP/1.")) {
      try {
        bound(call(innermost(request), "getUnwrappedCoyoteRequest"));
      } catch (ReflectiveOperationException | ClassCastException otherPayara) {
        if (warned.compareAndSet(false, true)) {
          LOG.warn(
              "this Payara buffers megabytes for a client that takes nothing before it is noticed",
              otherPayara);
        }
      } catch (IOException gone) {
        LOG.debug("the client left before its event stream began", gone);
      }
    }
    return NONE.of(request, response);
  }

  private static ServletRequest innermost(ServletRequest request) {
    ServletRequest innermost = request;
    while (innermost instanceof ServletRequestWrapper wrapper) {
      innermost = wrapper.getRequest();
    }
    return innermost;
  }

  private static void bound(Object request) throws ReflectiveOperationException, IOException {
    Object connection =
        call(call(call(request, "getCoyoteRequest"), "getContext"), "getConnection");
    connection
        .getClass()
        .getMethod("setMaxAsyncWriteQueueSize", int.class)
        .invoke(connection, MOST_BYTES);
    ((SocketChannel) call(connection, "getChannel"))
        .setOption(StandardSocketOptions.SO_SNDBUF, MOST_BYTES);
  }

  private static Object call(Object on, String method) throws ReflectiveOperationException {
    return on.getClass().getMethod(method).invoke(on);
  }
}
