package io.flowfi.edge;

import io.flowfi.http.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.Set;

/**
 * Open mode asks nobody who they are, so it answers only programs and pages of this machine:
 *
 * <ul>
 *   <li>the peer's address is a loopback address,
 *   <li>nothing says that somebody else's request is passed on: a proxy on this machine would make
 *       the whole world look local,
 *   <li>the name asked for is this machine's own. A page whose name was made to resolve to
 *       127.0.0.1 (DNS rebinding) is of our origin for its browser, but its name is not ours,
 *   <li>the page that asks, if one does, is of this machine or listed.
 * </ul>
 */
public final class OpenModeFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String REMEDY = "; configure JWT_SECRET";

  private final transient Set<String> allowedOrigins;

  /** Without any listed origin. */
  public OpenModeFilter() {
    this(OriginSettings.NONE);
  }

  public OpenModeFilter(OriginSettings origins) {
    this.allowedOrigins = origins.allowed();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String refusal = refusal(request);
    if (refusal == null) {
      chain.doFilter(request, response);
    } else {
      Refusal.send(request, response, 403, "this server is in open mode and answers " + refusal);
    }
  }

  private String refusal(HttpServletRequest request) {
    // the peer's own address, a literal, so no name is looked up
    if (!Loopback.isHost(request.getRemoteAddr())) {
      return "clients on its own machine only" + REMEDY;
    }
    if (isPassedOn(request)) {
      return "no requests that a proxy passes on" + REMEDY;
    }
    if (!Loopback.isHost(request.getServerName())) {
      return "to localhost, 127.0.0.1 and [::1] only" + REMEDY;
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !Loopback.isOrigin(origin) && !allowedOrigins.contains(origin)) {
      return "pages of its own machine only; CORS_ALLOWED_ORIGINS may list others";
    }
    return null;
  }

  private static boolean isPassedOn(HttpServletRequest request) {
    for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
      String name = names.nextElement();
      // X-Forwarded, -For, -Host, -Proto, -Server ...
      if (name.regionMatches(true, 0, "X-Forwarded", 0, "X-Forwarded".length())
          || name.equalsIgnoreCase("Forwarded")
          || name.equalsIgnoreCase("Via")
          || name.equalsIgnoreCase("X-Real-IP")
          || name.equalsIgnoreCase("X-Client-IP")
          || name.equalsIgnoreCase("X-Cluster-Client-IP")
          || name.equalsIgnoreCase("X-Original-Forwarded-For")
          || name.equalsIgnoreCase("True-Client-IP")
          || name.equalsIgnoreCase("CF-Connecting-IP")) {
        return true;
      }
    }
    return false;
  }
}
