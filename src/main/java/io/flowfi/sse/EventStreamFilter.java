package io.flowfi.sse;

import io.flowfi.output.OutputAdapter;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.ServerErrorException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response.Status;
import org.glassfish.jersey.server.ContainerRequest;

/**
 * Replaces the response writer of a request that may become an event stream; see {@link
 * EventStreamFeature}.
 */
final class EventStreamFilter implements ContainerRequestFilter {
  private final OutputAdapter outputs;
  private final HttpServletRequest servletRequest;
  private final HttpServletResponse servletResponse;

  /**
   * The servlet objects are proxies for those of the current request. They are used where no {@link
   * ServletExchange.Keeper} is in front.
   */
  @Inject
  EventStreamFilter(
      OutputAdapter outputs,
      @Context HttpServletRequest servletRequest,
      @Context HttpServletResponse servletResponse) {
    this.outputs = outputs;
    this.servletRequest = servletRequest;
    this.servletResponse = servletResponse;
  }

  @Override
  public void filter(ContainerRequestContext context) {
    ServletExchange kept = ServletExchange.of(context);
    HttpServletRequest exchanged = kept == null ? servletRequest : kept.request();
    if (!outputs.accepts(exchanged)) {
      throw new ServerErrorException(
          "event streams are not available over " + exchanged.getProtocol() + " here",
          Status.HTTP_VERSION_NOT_SUPPORTED);
    }
    ContainerRequest request = (ContainerRequest) context;
    request.setWriter(
        new EventStreamWriter(
            request.getResponseWriter(),
            outputs,
            exchanged,
            kept == null ? servletResponse : kept.response()));
  }
}
