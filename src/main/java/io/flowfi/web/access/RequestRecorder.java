package io.flowfi.web.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.audit.AuditEntry;
import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.audit.AuditTrail;
import io.flowfi.auth.Caller;
import io.flowfi.payment.Address;
import io.flowfi.sse.ServletExchange;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.Refusal;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records every command with its answer, rejected ones too, and what administrators read: the same
 * by the same caller once a minute, because consoles ask every few seconds. Readers that are
 * rejected are recorded as {@link Refusal} records those that reach no resource. The path is
 * recorded as it was sent, without the query, which may contain a ticket.
 */
public final class RequestRecorder implements ContainerResponseFilter {
  /** Longer than any path of ours. */
  private static final int MAX_PATH = 256;

  private static final String DETAILS = RequestRecorder.class.getName();
  private static final Duration BETWEEN_READS = Duration.ofMinutes(1);
  private static final int REMEMBERED_READS = 10_000;

  private final AuditTrail audit;
  private final InstantSource clock;

  /** Who has read what of late. */
  private final Cache<List<String>, Boolean> reads =
      Caffeine.newBuilder().expireAfterWrite(BETWEEN_READS).maximumSize(REMEMBERED_READS).build();

  public RequestRecorder(AuditTrail audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
  }

  @Override
  public void filter(ContainerRequestContext context, ContainerResponseContext response) {
    HttpServletRequest request = ServletExchange.of(context).request();
    String method = request.getMethod();
    if ((HttpMethod.GET.equals(method)
            || HttpMethod.HEAD.equals(method)
            || HttpMethod.OPTIONS.equals(method))
        && !isToBeWritten(request, response.getStatus())) {
      if (isRefusedReader(context, request, response.getStatus())) {
        Refusal.record(request, response.getStatus());
      }
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
            result == null ? "" : result,
            details(request)));
  }

  /**
   * A reader without the right, or one too many; and a subscriber, whatever the reason is, because
   * a client that is not told of its payments is looked for here.
   */
  private static boolean isRefusedReader(
      ContainerRequestContext context, HttpServletRequest request, int status) {
    if (request.getAttribute(CallerRequired.FOR_ADMINS) != null) {
      return false; // written, or read a moment ago
    }
    return status == 401
        || status == 403
        || status == 429
        || status >= 400 && context.getUriInfo().getPath().endsWith("events/subscribe");
  }

  private boolean isToBeWritten(HttpServletRequest request, int status) {
    if (request.getAttribute(CallerRequired.FOR_ADMINS) == null) {
      return false;
    }
    Who who = who(request);
    List<String> read =
        List.of(who.account(), who.address(), path(request), String.valueOf(status));
    return reads.asMap().putIfAbsent(read, true) == null;
  }

  /**
   * Adds to the record of an administrator's command, in the order of the calls.
   *
   * @param value a number or a short name, never a payload
   */
  public static void note(HttpServletRequest request, String name, Object value) {
    Map<String, String> details = new LinkedHashMap<>(details(request));
    details.put(name, FieldError.shortened(String.valueOf(value)));
    request.setAttribute(DETAILS, new Details(details));
  }

  private static Map<String, String> details(HttpServletRequest request) {
    return request.getAttribute(DETAILS) instanceof Details noted ? noted.byName() : Map.of();
  }

  private record Details(Map<String, String> byName) {}

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
