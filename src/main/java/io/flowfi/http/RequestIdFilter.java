package io.flowfi.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** Names every request in {@code X-Request-ID}: by the caller's own id if it is a sane one, else by one of ours. */
public final class RequestIdFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String HEADER = "X-Request-ID";
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,128}");

  @Override
  protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String id = request.getHeader(HEADER);
    if (id == null || !SANE.matcher(id).matches()) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      id = Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }
    response.setHeader(HEADER, id);
    chain.doFilter(request, response);
  }
}
