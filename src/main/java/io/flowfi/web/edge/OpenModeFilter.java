package io.flowfi.web.edge;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Open mode has no authentication, so it answers only programs and pages of this machine, as far as
 * it can tell:
 *
 * <ul>
 *   <li>the peer's address is a loopback address,
 *   <li>nothing shows that the request was passed on: no header of a proxy, no HTTP/1.0, which some
 *       proxies use, no other port in {@code Host} than ours, which a tunnel from another port
 *       leaves there,
 *   <li>the requested host name is this machine's own. A page whose name was made to resolve to
 *       127.0.0.1 (DNS rebinding) has our origin for its browser, but its name is not ours,
 *   <li>the requesting page, if there is one, is of this machine or listed.
 * </ul>
 *
 * <p>A proxy or tunnel on this machine that passes requests on as its own looks like any local
 * program. It opens the server to everybody who can reach it. The only remedy is to have none, or
 * not to use open mode.
 */
public final class OpenModeFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String REMEDY = "; start it with mvn -Psecured, or configure JWT_SECRET";

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
    // the peer's address is a literal, so there is no name look-up
    if (!Loopback.isHost(request.getRemoteAddr())) {
      return "clients on its own machine only" + REMEDY;
    }
    if (ForwardingHeaders.areIn(request)) {
      return "no requests that a proxy passes on" + REMEDY;
    }
    if ("HTTP/1.0".equals(request.getProtocol())) {
      return "no HTTP/1.0, which is what a proxy speaks unless told otherwise" + REMEDY;
    }
    if (!Loopback.isHost(request.getServerName())) {
      return "to localhost, 127.0.0.1 and [::1] only" + REMEDY;
    }
    if (isOfAnotherPort(request)) {
      return "no requests that were meant for another port: a proxy or tunnel passes them on"
          + REMEDY;
    }
    String origin = request.getHeader("Origin");
    if (origin != null && !Loopback.isOrigin(origin) && !allowedOrigins.contains(origin)) {
      return "pages of its own machine only; CORS_ALLOWED_ORIGINS may list others";
    }
    return null;
  }

  /** A typed Host may have no port. */
  private static boolean isOfAnotherPort(HttpServletRequest request) {
    String host = request.getHeader("Host");
    return host != null
        && host.indexOf(':', host.indexOf(']') + 1) >= 0
        && request.getServerPort() != request.getLocalPort();
  }
}
