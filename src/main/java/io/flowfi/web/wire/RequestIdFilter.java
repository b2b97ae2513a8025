package io.flowfi.web.wire;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Names every request in {@code X-Request-ID}: by the caller's own id if that is acceptable,
 * otherwise by one of ours.
 */
public final class RequestIdFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** The header, and the request attribute that holds its value. */
  public static final String HEADER = "X-Request-ID";

  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    mark(request, response);
    chain.doFilter(request, response);
  }

  /** Names a request, for answers that no filter sees. */
  public static void mark(HttpServletRequest request, HttpServletResponse response) {
    // an error page is a second dispatch of the same request, with a new response
    String id = (String) request.getAttribute(HEADER);
    if (id == null) {
      id = idOf(request);
      request.setAttribute(HEADER, id);
    }
    response.setHeader(HEADER, id);
  }

  private static String idOf(HttpServletRequest request) {
    String given = request.getHeader(HEADER);
    if (given != null && SANE.matcher(given).matches()) {
      return given;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }
}
