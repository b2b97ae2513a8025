package io.flowfi.web.streams;

import io.flowfi.ledger.CommandWatch;
import io.flowfi.tracing.CommandTrace;
import io.flowfi.tracing.LedgerTracing;
import io.flowfi.web.edge.RequestLogFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Context;

/**
 * Traces commands from their request to its answer. Registered only where traces are wanted, so
 * that they cost nothing elsewhere.
 */
@Traced
public final class CommandTraces implements ContainerRequestFilter, ContainerResponseFilter {
  /** Before who the caller is, so that a request that is refused has a trace, too. */
  public static final int PRIORITY = Priorities.AUTHENTICATION - 100;

  private static final String TRACE = CommandTrace.class.getName();

  private final LedgerTracing tracing;

  @Context private HttpServletRequest exchange; // the current one's

  public CommandTraces(LedgerTracing tracing) {
    this.tracing = tracing;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    String resource = request.getUriInfo().getPath(); // without the version
    CommandTrace trace =
        tracing.begin(
            "/v1/" + resource.replaceFirst("^streams/[^/]+", "streams/{id}"),
            exchange.getRequestURI(),
            request::getHeaderString);
    // properties of the context are attributes of the servlet request
    request.setProperty(TRACE, trace);
    request.setProperty(RequestLogFilter.TRACE, trace.id());
  }

  @Override
  public void filter(ContainerRequestContext request, ContainerResponseContext response) {
    if (request.getProperty(TRACE) instanceof CommandTrace trace) {
      trace.answered(response.getStatus());
    }
  }

  /** What is to hear how the request's command fares in the ledger. */
  static CommandWatch watch(HttpServletRequest request) {
    return request.getAttribute(TRACE) instanceof CommandTrace trace
        ? trace.submitted()
        : CommandWatch.NONE;
  }
}
