package io.flowfi.app;

import io.flowfi.web.edge.SandboxFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/**
 * A filter of which each ledger has its own: what is for the sandbox goes through that of the
 * sandbox, everything else through the other. Without a sandbox there is none of these.
 */
final class EitherLedger implements Filter {
  private final Filter real;
  private final Filter sandbox;

  EitherLedger(Filter real, Filter sandbox) {
    this.real = real;
    this.sandbox = sandbox;
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    real.init(config);
    sandbox.init(config);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    (SandboxFilter.isMeant(request) ? sandbox : real).doFilter(request, response, chain);
  }

  @Override
  public void destroy() {
    real.destroy();
    sandbox.destroy();
  }
}
