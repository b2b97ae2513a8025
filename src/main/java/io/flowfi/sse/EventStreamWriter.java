package io.flowfi.sse;

import io.flowfi.output.OutputAdapter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.HttpMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The response writer of one request that may become an event stream. Everything happens on the
 * request thread, within the request: Jersey believes that the request is suspended, so that the
 * sink can answer, but the servlet request is not.
 */
final class EventStreamWriter implements ContainerResponseWriter {
  private static final Logger LOG = LoggerFactory.getLogger(EventStreamWriter.class);

  private final ContainerResponseWriter jersey;
  private final OutputAdapter outputs;
  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private EventStreamSink sink;
  private boolean streams;

  EventStreamWriter(
      ContainerResponseWriter jersey,
      OutputAdapter outputs,
      HttpServletRequest request,
      HttpServletResponse response) {
    this.jersey = jersey;
    this.outputs = outputs;
    this.request = request;
    this.response = response;
  }

  void attach(EventStreamSink made) {
    sink = made;
  }

  @Override
  public boolean suspend(long timeOut, TimeUnit unit, TimeoutHandler timeoutHandler) {
    return true;
  }

  @Override
  public void setSuspendTimeout(long timeOut, TimeUnit unit) {
    // nothing was suspended, so nothing can time out
  }

  @Override
  public OutputStream writeResponseStatusAndHeaders(long contentLength, ContainerResponse answer) {
    // a response filter or an exception may have changed the answer; Jersey serves HEAD as GET, so
    // only the servlet request shows it
    streams =
        sink != null
            && answer.getStatus() == HttpServletResponse.SC_OK
            && !answer.hasEntity()
            && !HttpMethod.HEAD.equals(request.getMethod());
    return jersey.writeResponseStatusAndHeaders(contentLength, answer);
  }

  @Override
  public void commit() {
    boolean committed = false;
    try {
      jersey.commit();
      if (streams) {
        sink.start(outputs, request, response);
        committed = true;
      }
    } catch (IOException gone) {
      LOG.debug("the client left before its event stream began", gone);
    } finally {
      if (sink != null && !committed) {
        sink.abandon();
      }
    }
  }

  @Override
  public void failure(Throwable error) {
    try {
      jersey.failure(error);
    } finally {
      if (sink != null) {
        sink.abandon();
      }
    }
  }

  @Override
  public boolean enableResponseBuffering() {
    return jersey.enableResponseBuffering();
  }
}
