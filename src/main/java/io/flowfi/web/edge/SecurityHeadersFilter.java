package io.flowfi.web.edge;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The headers that tell a browser what our answers may do: pages only what our own files do,
 * answers of the API, which are data, nothing at all. Set on everything: pages, API, event streams,
 * errors.
 */
public final class SecurityHeadersFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String[] EVERYWHERE = {
    // for browsers that do not know frame-ancestors
    "X-Frame-Options", "DENY",
    "X-Content-Type-Options", "nosniff",
    "Referrer-Policy", "no-referrer",
    // pages of other origins cannot embed our answers
    "Cross-Origin-Resource-Policy", "same-origin"
  };

  private static final String[] ON_PAGES = {
    // no inline script or style, nothing from elsewhere, no framing
    "Content-Security-Policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "Permissions-Policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    // pages of other origins get no handle on our windows
    "Cross-Origin-Opener-Policy", "same-origin"
  };

  /**
   * Data opens no window and asks for no camera. This saves two hundred bytes for each command, so
   * that its answer fits into one write.
   */
  private static final String[] ON_DATA = {
    "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
  };

  /** Not for subdomains: others may be responsible for them. */
  private static final String ONE_YEAR_OF_TLS = "max-age=31536000";

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    // the error page may be HTML, whatever was requested
    boolean data =
        request.getDispatcherType() != DispatcherType.ERROR && !Pages.areAskedFor(request);
    mark(request, response, data ? ON_DATA : ON_PAGES);
    chain.doFilter(request, response);
  }

  /** Sets the headers of data, for problems that no filter sees. */
  public static void mark(HttpServletRequest request, HttpServletResponse response) {
    mark(request, response, ON_DATA);
  }

  private static void mark(
      HttpServletRequest request, HttpServletResponse response, String[] particular) {
    set(response, EVERYWHERE);
    set(response, particular);
    if (request.isSecure()) {
      response.setHeader("Strict-Transport-Security", ONE_YEAR_OF_TLS);
    }
  }

  private static void set(HttpServletResponse response, String[] headers) {
    for (int i = 0; i < headers.length; i += 2) {
      response.setHeader(headers[i], headers[i + 1]);
    }
  }
}
