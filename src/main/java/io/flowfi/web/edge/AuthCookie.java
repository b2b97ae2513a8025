package io.flowfi.web.edge;

import io.flowfi.auth.Token;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.Cookie;
import java.time.Duration;
import java.time.Instant;

/**
 * The cookie that carries a token for pages of this server: {@code EventSource} cannot send
 * headers. The prefix {@code __Host-} makes browsers refuse it from other hosts and without TLS
 * (RFC 6265bis); scripts cannot read it, and requests from other sites do not carry it.
 */
public final class AuthCookie {
  public static final String NAME = "__Host-flowfi";

  private static final String ATTRIBUTES = "; Path=/; Secure; HttpOnly; SameSite=Strict";

  private AuthCookie() {}

  public static String set(Token token, Instant now) {
    long seconds = Duration.between(now, token.expires()).toSeconds();
    return NAME + "=" + token.text() + "; Max-Age=" + seconds + ATTRIBUTES;
  }

  public static String clear() {
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
}
