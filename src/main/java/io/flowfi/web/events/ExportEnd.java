package io.flowfi.web.events;

import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * What comes after an export; belongs in front of Jersey. Returns its slot, even if its answer was
 * never written, as for a HEAD. If the export has failed in the middle, it fails the request:
 * Jersey would only log that and end the answer as if it were complete. The container cuts the
 * connection then.
 */
public final class ExportEnd extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String SLOT = ExportEnd.class.getName() + ".slot";
  private static final String EXPORT = ExportEnd.class.getName() + ".export";

  /**
   * @param release returns the slot that the request has taken
   */
  static void holds(HttpServletRequest request, Runnable release) {
    request.setAttribute(SLOT, release);
  }

  static void answers(HttpServletRequest request, Export export) {
    request.setAttribute(EXPORT, export);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    try {
      chain.doFilter(request, response);
    } finally {
      if (request.getAttribute(SLOT) instanceof Runnable release) {
        release.run();
      }
    }
    if (request.getAttribute(EXPORT) instanceof Export export && export.failure().isPresent()) {
      Throwable failure = export.failure().get();
      throw failure instanceof IOException gone
          ? gone
          : new IOException(
              "the export of request "
                  + request.getAttribute(RequestIdFilter.HEADER)
                  + " is incomplete, so its connection is cut",
              failure);
    }
  }
}
