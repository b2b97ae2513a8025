package io.flowfi.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The headers that tell a browser what our answers may do to it: nothing but what our own files
 * say. On everything: pages, API, event streams, errors.
 */
public final class SecurityHeadersFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String[] HEADERS = {
    // no inline script or style, nothing from elsewhere, no framing
    "Content-Security-Policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    // for browsers that do not know frame-ancestors
    "X-Frame-Options", "DENY",
    "X-Content-Type-Options", "nosniff",
    "Referrer-Policy", "no-referrer",
    "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    // pages of other origins get no handle on our windows, and cannot embed what is here
    "Cross-Origin-Opener-Policy", "same-origin",
    "Cross-Origin-Resource-Policy", "same-origin"
  };

  /** Not for subdomains: they may be somebody else's to decide on. */
  private static final String ONE_YEAR_OF_TLS = "max-age=31536000";

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    mark(request, response);
    chain.doFilter(request, response);
  }

  /** Sets the headers, for answers that no filter sees. */
  public static void mark(HttpServletRequest request, HttpServletResponse response) {
    for (int i = 0; i < HEADERS.length; i += 2) {
      response.setHeader(HEADERS[i], HEADERS[i + 1]);
    }
    if (request.isSecure()) {
      response.setHeader("Strict-Transport-Security", ONE_YEAR_OF_TLS);
    }
  }
}
