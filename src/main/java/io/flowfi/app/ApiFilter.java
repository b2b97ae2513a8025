package io.flowfi.app;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.UriBuilderException;
import java.io.IOException;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/**
 * Jersey as a filter. Jersey parses the path as a template before its own error handling starts,
 * and fails on an unpaired brace.
 */
final class ApiFilter extends ServletContainer {
  private static final long serialVersionUID = 1L;

  ApiFilter(ResourceConfig api) {
    super(api);
  }

  @Override
  public void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      super.doFilter(request, response, chain);
    } catch (UriBuilderException malformed) {
      Refusal.send(request, response, 400, "the path has characters that must be percent-encoded");
    }
  }
}
