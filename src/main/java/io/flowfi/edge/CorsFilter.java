package io.flowfi.edge;

import io.flowfi.http.Refusal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Tells browsers which pages of other origins may read our answers, event streams and errors
 * included: those that are listed, exactly, and nobody else.
 */
public final class CorsFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String REQUEST_HEADERS =
      "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID";
  private static final String RESPONSE_HEADERS =
      "ETag, Location, X-Request-ID, Retry-After, Idempotency-Replayed";
  private static final String PREFLIGHT_SECONDS = "3600";

  private final transient Set<String> allowed;

  public CorsFilter(OriginSettings settings) {
    this.allowed = settings.allowed();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String origin = request.getHeader("Origin");
    boolean listed = origin != null && allowed.contains(origin);
    if (!allowed.isEmpty()) {
      // on answers to nobody's page too: a cache must not hand them to a page later
      response.setHeader("Vary", "Origin");
    }
    if (listed) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
      response.setHeader("Access-Control-Expose-Headers", RESPONSE_HEADERS);
    }
    if (request.getDispatcherType() != DispatcherType.ERROR && isPreflight(request, origin)) {
      answerPreflight(request, response, listed);
    } else {
      chain.doFilter(request, response);
    }
  }

  private static boolean isPreflight(HttpServletRequest request, String origin) {
    return "OPTIONS".equals(request.getMethod())
        && origin != null
        && request.getHeader("Access-Control-Request-Method") != null
        && !BodyFilter.hasBody(request);
  }

  private static void answerPreflight(
      HttpServletRequest request, HttpServletResponse response, boolean listed) throws IOException {
    if (!listed) {
      Refusal.send(request, response, 403, "CORS_ALLOWED_ORIGINS does not list this origin");
      return;
    }
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
    response.setHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }
}
