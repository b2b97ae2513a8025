package io.flowfi.web.edge;

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
 * Limits the requests of one address, and its failed credentials. Comes before everything
 * expensive, such as a check of credentials.
 */
public final class AddressRateFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient RateLimiter requests;
  private final transient RateLimiter authFailures;

  public AddressRateFilter(Rates rates) {
    requests = rates.requests();
    authFailures = rates.authFailures();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String network = ClientAddress.of(request).network();
    int wait = requests.take(network);
    if (wait > 0) {
      Refusal.send(request, response, 429, "too many requests from this address", wait);
      return;
    }
    wait = authFailures.peek(network);
    if (wait > 0) {
      Refusal.send(request, response, 429, "too many failed logins from this address", wait);
      return;
    }
    chain.doFilter(request, response);
    if (response.getStatus() == HttpServletResponse.SC_UNAUTHORIZED
        && !CallerFilter.isNobody(request)) {
      authFailures.take(network);
    }
  }
}
