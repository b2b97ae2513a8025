package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The two requests by which a wallet logs in. SEP-10 wants them open to pages of every origin,
 * because a wallet may be a page. That is safe: neither reads credentials, and the token for the
 * holder of the account's key is only in the body of the answer. A page of another origin cannot
 * ask for the cookie; the resource rejects that.
 *
 * @param on whether logins are configured; otherwise other pages get no access
 */
public record WalletLogin(boolean on) {
  /** The methods that such a page may use. */
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

  /**
   * Whether the page has a real origin: {@code null} may be any page's, such as a sandboxed
   * frame's.
   */
  static boolean isNamed(String origin) {
    return origin != null && !"null".equals(origin);
  }
}
