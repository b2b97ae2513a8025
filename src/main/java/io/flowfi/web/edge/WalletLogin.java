package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The two requests by which a wallet logs in. SEP-10 wants them open to pages of every origin,
 * because a wallet may be a page, and they can be: neither looks at credentials, and what they give
 * to whoever holds the account's key is in the answer's body alone. A page of another origin cannot
 * ask for the cookie; that is the resource's to refuse.
 *
 * @param on whether anybody can log in here; else no page need know that we are here
 */
public record WalletLogin(boolean on) {
  /** What such a page may ask for. */
  static final String METHODS = "GET, POST";

  /** Whether this method of the request's path is one of the two. */
  boolean isAskedBy(HttpServletRequest request, String method) {
    if (!on) {
      return false;
    }
    String path = request.getRequestURI().substring(request.getContextPath().length());
    return ("/v1/auth".equals(path) || "/auth".equals(path))
        && ("GET".equals(method) || "POST".equals(method));
  }

  /** Whether the page has an origin at all: {@code null} is anybody's, a sandboxed frame's say. */
  static boolean isNamed(String origin) {
    return origin != null && !"null".equals(origin);
  }
}
