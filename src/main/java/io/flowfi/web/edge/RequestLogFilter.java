package io.flowfi.web.edge;

import io.flowfi.auth.Caller;
import io.flowfi.logs.LogFields;
import io.flowfi.payment.Address;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is logged during a request says which request, for whom, and about which stream: {@code
 * request}, {@code account}, {@code stream}, and {@code sandbox} of a stream that pays nobody. With
 * {@code trace}, if it is traced.
 */
public final class RequestLogFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** Request attribute: the id of its trace. */
  public static final String TRACE = RequestLogFilter.class.getName() + ".trace";

  private static final Pattern OF_STREAM =
      Pattern.compile("(?:/v1)?/streams/([0-9]{1,20})(?:/.*)?");

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Supplier<Map<String, String>> fields = () -> fields(request);
    request.setAttribute(LogFields.OF_REQUEST, fields);
    try (LogFields.Scope scope = LogFields.open(fields)) {
      chain.doFilter(request, response);
    }
  }

  private static Map<String, String> fields(HttpServletRequest request) {
    Map<String, String> fields = new LinkedHashMap<>();
    if (request.getAttribute(RequestIdFilter.HEADER) instanceof String id) {
      fields.put("request", id);
    }
    if (request.getAttribute(CallerFilter.CALLER) instanceof Caller caller) {
      caller.account().map(Address::strKey).ifPresent(account -> fields.put("account", account));
    }
    if (SandboxFilter.isMeant(request)) {
      fields.put("sandbox", "true");
    }
    Matcher stream =
        OF_STREAM.matcher(request.getRequestURI().substring(request.getContextPath().length()));
    if (stream.matches()) {
      fields.put("stream", stream.group(1));
    }
    if (request.getAttribute(TRACE) instanceof String trace) {
      fields.put("trace", trace);
    }
    return fields;
  }
}
