package io.flowfi.web.edge;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Rejects requests that change state and come from a page of another, unlisted origin: no such page
 * can make a browser use its user's cookie. A {@link WalletLogin} uses no cookie and changes
 * nothing.
 *
 * <p>Browsers send {@code Sec-Fetch-Site}, older ones {@code Origin}, with every such request, and
 * pages can change neither. A request without both does not come from a page; if its only
 * credential is the session cookie, it is rejected too.
 */
public final class CrossSiteFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private final transient Set<String> allowed;
  private final transient WalletLogin walletLogin;

  public CrossSiteFilter(OriginSettings settings, WalletLogin walletLogin) {
    this.allowed = settings.allowed();
    this.walletLogin = walletLogin;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (isSafe(request.getMethod())
        || walletLogin.isAskedBy(request, request.getMethod())
        || !isForeign(request)) {
      chain.doFilter(request, response);
    } else {
      Refusal.send(
          request,
          response,
          403,
          "pages of this origin may not change anything here "
              + PageOrigin.asSaid(request)
              + "; CORS_ALLOWED_ORIGINS lists those that may, and a proxy must pass Host on as it came, or send it as X-Forwarded-Host and be in TRUSTED_PROXIES");
    }
  }

  static boolean isSafe(String method) {
    return "GET".equals(method) || "HEAD".equals(method);
  }

  private boolean isForeign(HttpServletRequest request) {
    String origin = request.getHeader("Origin");
    if (origin != null && allowed.contains(origin)) {
      return false;
    }
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      // "none" means that the user did it: a typed address or a bookmark
      return !"same-origin".equals(site) && !"none".equals(site);
    }
    if (origin != null) {
      return !PageOrigin.isOwn(origin, request);
    }
    return AuthorizationHeader.of(request).isEmpty() && hasSession(request);
  }

  private static boolean hasSession(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (AuthCookie.NAME.equals(cookie.getName())) {
          return true;
        }
      }
    }
    return false;
  }
}
