package io.flowfi.web.edge;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Allows only reading of pages. Containers' default servlets answer a POST like a GET, so a command
 * sent to the wrong path would seem to succeed.
 */
public final class PageMethodsFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String ALLOWED = "GET, HEAD, OPTIONS";

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String method = request.getMethod();
    if (!Pages.areAskedFor(request) || "GET".equals(method) || "HEAD".equals(method)) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader("Allow", ALLOWED);
    if ("OPTIONS".equals(method)) {
      // the default servlet's own answer lists POST
      response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    } else {
      Refusal.send(request, response, 405, "pages can be read only: with GET or HEAD");
    }
  }
}
