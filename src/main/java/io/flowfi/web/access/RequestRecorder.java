package io.flowfi.web.access;

import io.flowfi.audit.AuditEntry;
import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.audit.AuditLog;
import io.flowfi.auth.Caller;
import io.flowfi.payment.Address;
import io.flowfi.sse.ServletExchange;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.InstantSource;

/**
 * Records every command with its answer, rejected ones too. The path is recorded as it was sent,
 * without the query, which may contain a ticket.
 */
public final class RequestRecorder implements ContainerResponseFilter {
  /** Longer than any path of ours. */
  private static final int MAX_PATH = 256;

  private final AuditLog audit;
  private final InstantSource clock;

  public RequestRecorder(AuditLog audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public void filter(ContainerRequestContext context, ContainerResponseContext response) {
    HttpServletRequest request = ServletExchange.of(context).request();
    String method = request.getMethod();
    if (HttpMethod.GET.equals(method)
        || HttpMethod.HEAD.equals(method)
        || HttpMethod.OPTIONS.equals(method)) {
      return;
    }
    String result = response.getHeaderString(HttpHeaders.LOCATION);
    audit.record(
        new AuditEntry.Command(
            clock.instant(),
            who(request),
            method,
            path(request),
            response.getStatus(),
            result == null ? "" : result));
  }

  /** As it was sent, without the query. */
  static String path(HttpServletRequest request) {
    String path = request.getRequestURI();
    return path.length() > MAX_PATH ? path.substring(0, MAX_PATH) : path;
  }

  /** Who makes a request: the authenticated account, if there is one. */
  public static Who who(HttpServletRequest request) {
    String account =
        request.getAttribute(Caller.class.getName()) instanceof Caller caller
            ? caller.account().map(Address::strKey).orElse("")
            : "";
    return new Who(
        String.valueOf(request.getAttribute(RequestIdFilter.HEADER)),
        account,
        ClientAddress.of(request).address());
  }
}
