package io.flowfi.web.edge;

import io.flowfi.auth.Caller;
import io.flowfi.limit.RateLimiter;
import io.flowfi.limit.Rates;
import io.flowfi.web.wire.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Limits the commands of a caller, by account, or by address in open mode. Comes after the filter
 * that finds the caller.
 */
public final class CommandRateFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient RateLimiter commands;

  public CommandRateFilter(Rates rates) {
    commands = rates.commands();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    int wait = CrossSiteFilter.isSafe(request.getMethod()) ? 0 : commands.take(key(request));
    if (wait > 0) {
      Refusal.send(request, response, 429, "too many commands", wait);
    } else {
      chain.doFilter(request, response);
    }
  }

  private static String key(HttpServletRequest request) {
    if (request.getAttribute(Caller.class.getName()) instanceof Caller caller
        && caller.account().isPresent()) {
      return caller.account().get().strKey();
    }
    return ClientAddress.of(request).network();
  }
}
