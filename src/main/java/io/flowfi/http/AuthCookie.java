package io.flowfi.http;

import io.flowfi.auth.Token;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.Instant;

/**
 * The cookie that carries a token for pages of this server: {@code EventSource} cannot send
 * headers. The prefix {@code __Host-} makes browsers refuse it from other hosts and without TLS
 * (RFC 6265bis); scripts cannot read it, and no other site's request brings it along.
 */
public final class AuthCookie {
  public static final String NAME = "__Host-flowfi";

  private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Strict";

  private AuthCookie() {}

  static String set(Token token, Instant now) {
    long seconds = Duration.between(now, token.expires()).toSeconds();
    return NAME + "=" + token.text() + "; Max-Age=" + seconds + ATTRIBUTES;
  }

  static String clear() {
    return NAME + "=; Max-Age=0" + ATTRIBUTES;
  }

  /**
   * The token in the cookie; null if there is none.
   *
   * @throws ProblemException 401 if there are several: one of them may be planted
   */
  static String token(Cookie[] cookies) {
    if (cookies == null) {
      return null;
    }
    String found = null;
    for (Cookie cookie : cookies) {
      if (NAME.equals(cookie.getName())) {
        if (found != null) {
          throw ProblemException.unauthorized("there are several cookies " + NAME);
        }
        found = cookie.getValue();
      }
    }
    return found == null || found.isEmpty() ? null : found;
  }

  /**
   * Whether one of our own pages makes the request, as far as its browser says: by {@code
   * Sec-Fetch-Site}, or an older one by {@code Origin}. What says neither is no browser. {@code
   * SameSite} alone would let pages of sibling domains in.
   */
  static boolean isSameOrigin(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin");
    }
    String origin = request.getHeader("Origin");
    return origin == null || isOwn(origin, request);
  }

  /**
   * Whether an origin is the one that the request goes to. The scheme is left out: behind a proxy
   * that ends TLS without telling us it would differ.
   */
  public static boolean isOwn(String origin, HttpServletRequest request) {
    int authority = origin.indexOf("://");
    return authority >= 0
        && origin.substring(authority + 3).equalsIgnoreCase(request.getHeader("Host"));
  }
}
