package io.flowfi.web.edge;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells browsers which pages of other origins may read our answers, event streams and errors
 * included: only exactly listed ones. The exception is {@link WalletLogin}, which any page may use
 * without credentials.
 */
public final class CorsFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final String REQUESTED_METHOD = "Access-Control-Request-Method";
  private static final String REQUESTED_HEADERS = "Access-Control-Request-Headers";

  /** Header names as browsers list them, few enough to fit into an answer. */
  private static final Pattern NAMES =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+(?: *, *[!#$%&'*+.^_`|~0-9A-Za-z-]+)*+");

  private static final int MAX_NAMES = 2048;

  /** If none are requested, or in another form: the headers that the API knows. */
  private static final String KNOWN_HEADERS =
      "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID, "
          + SandboxFilter.HEADER;

  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String RESPONSE_HEADERS =
      "Date, ETag, Location, X-Request-ID, Retry-After, Idempotency-Replayed, Log-Head, Log-Oldest, "
          + SandboxFilter.HEADER;
  private static final String PREFLIGHT_SECONDS = "3600";

  private final transient Set<String> allowed;
  private final transient WalletLogin walletLogin;

  public CorsFilter(OriginSettings settings, WalletLogin walletLogin) {
    this.allowed = settings.allowed();
    this.walletLogin = walletLogin;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String origin = request.getHeader("Origin");
    boolean listed = origin != null && allowed.contains(origin);
    boolean preflight = isPreflight(request, origin);
    String method = preflight ? request.getHeader(REQUESTED_METHOD) : request.getMethod();
    boolean login = walletLogin.isAskedBy(request, method);
    boolean open = login && !listed && WalletLogin.isNamed(origin);
    if (!allowed.isEmpty() || login) {
      // also on answers to requests without an origin: a cache must not give them to a page later
      response.setHeader("Vary", "Origin");
    }
    if (listed) {
      response.setHeader("Access-Control-Allow-Origin", origin);
      response.setHeader("Access-Control-Allow-Credentials", "true");
      response.setHeader("Access-Control-Expose-Headers", RESPONSE_HEADERS);
    } else if (open) {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Expose-Headers", RESPONSE_HEADERS);
    }
    if (request.getDispatcherType() != DispatcherType.ERROR && preflight) {
      answerPreflight(request, response, listed, open);
    } else {
      chain.doFilter(request, response);
    }
  }

  private static boolean isPreflight(HttpServletRequest request, String origin) throws IOException {
    return "OPTIONS".equals(request.getMethod())
        && origin != null
        && request.getHeader(REQUESTED_METHOD) != null
        && !BodyFilter.hasBody(request);
  }

  private static void answerPreflight(
      HttpServletRequest request, HttpServletResponse response, boolean listed, boolean open)
      throws IOException {
    if (!listed && !open) {
      Refusal.send(request, response, 403, "CORS_ALLOWED_ORIGINS does not list this origin");
      return;
    }
    response.setHeader("Access-Control-Allow-Methods", listed ? METHODS : WalletLogin.METHODS);
    response.setHeader("Access-Control-Allow-Headers", headers(request));
    response.setHeader("Access-Control-Max-Age", PREFLIGHT_SECONDS);
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
  }

  /**
   * Allows all requested headers. The origin decides who may send requests; a list of headers would
   * protect nothing here, and is never complete: wallets, tracing and error reporting add their
   * own.
   */
  private static String headers(HttpServletRequest request) {
    String asked = request.getHeader(REQUESTED_HEADERS);
    return asked != null && asked.length() <= MAX_NAMES && NAMES.matcher(asked).matches()
        ? asked
        : KNOWN_HEADERS;
  }
}
