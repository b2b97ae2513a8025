package io.flowfi.web.edge;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.Authentication;
import io.flowfi.auth.Caller;
import io.flowfi.auth.NodeProof;
import io.flowfi.payment.Address;
import io.flowfi.web.wire.ProblemException;
import io.flowfi.web.wire.QueryParameters;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who makes a request and stores it in the request, for everything that follows. The
 * {@code Authorization} header comes before a ticket, a ticket before the cookie. The first one
 * present must be valid; there is no fall-back to the next. Decides nothing: {@code CallerRequired}
 * rejects anonymous callers, {@code Access} callers without the right.
 */
public final class CallerFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** Request attribute: the {@link Caller}; absent without valid credentials. */
  public static final String CALLER = Caller.class.getName();

  /** Request attribute: why the sent credentials are not valid, a {@link ProblemException}. */
  public static final String REFUSAL = CallerFilter.class.getName() + ".refusal";

  /**
   * Request header: the account that the client acts for. All pages of a browser share the login
   * cookie, so one page may change it for the others; a request that names its account is never
   * taken for another account's.
   */
  public static final String ACCOUNT = "FlowFi-Account";

  /** Request attribute: present if no credentials came where some are needed. */
  public static final String NOBODY = CallerFilter.class.getName() + ".nobody";

  private static final Logger LOG = LoggerFactory.getLogger(CallerFilter.class);
  private static final String SCHEME = "bearer ";
  private static final String NODE = NodeProof.SCHEME + " ";
  private static final int RETRY_SECONDS = 5;

  private final transient Authentication authentication;

  public CallerFilter(Authentication authentication) {
    this.authentication = authentication;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (authentication.isOpen() && request.getHeader(ACCOUNT) == null) {
      request.setAttribute(CALLER, Caller.OPEN);
    } else {
      try {
        Caller caller = identify(request);
        if (caller != null) {
          String expected = request.getHeader(ACCOUNT);
          if (expected != null) {
            requireAccount(caller, expected);
          }
          request.setAttribute(CALLER, caller);
        }
      } catch (ProblemException refusal) {
        request.setAttribute(REFUSAL, refusal);
      } catch (AuthException refusal) {
        request.setAttribute(REFUSAL, problem(refusal));
      }
    }
    chain.doFilter(request, response);
  }

  /**
   * Rejects a caller that is not the account which the request names.
   *
   * @throws ProblemException 409
   */
  public static void requireAccount(Caller caller, String expected) {
    String proven = caller.account().map(Address::strKey).orElse("none: this is open mode");
    if (!proven.equals(expected)) {
      throw ProblemException.of(
          409, "this request names another account than that of its credentials, " + proven);
    }
  }

  /**
   * For requests that anybody may make: rejects them if they name another account than the
   * caller's.
   *
   * @throws ProblemException 409
   */
  public static void refuseAnother(HttpServletRequest request) {
    if (request.getAttribute(REFUSAL) instanceof ProblemException refusal
        && refusal.problem().status() == 409) {
      throw refusal;
    }
  }

  /** The caller; null if there are no credentials. */
  private Caller identify(HttpServletRequest request) {
    if (authentication.isOpen()) {
      return Caller.OPEN;
    }
    List<String> authorizations = AuthorizationHeader.of(request);
    if (!authorizations.isEmpty()) {
      String authorization = authorizations.get(0);
      if (authorizations.size() == 1 && authorization.startsWith(NODE)) {
        Caller caller =
            authentication.byNode(
                authorization.substring(NODE.length()),
                asked(request),
                SandboxFilter.isMeant(request));
        LOG.debug("passed on by the node at {}", ClientAddress.of(request).address());
        return caller;
      }
      if (authorizations.size() > 1
          || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
        throw ProblemException.unauthorized("Authorization must be one 'Bearer' and a token");
      }
      return authentication.byToken(
          authorization.substring(SCHEME.length()).strip(), SandboxFilter.isMeant(request));
    }
    String ticket = ticket(request.getQueryString());
    if (ticket != null) {
      if (!"GET".equals(request.getMethod())) {
        throw ProblemException.unauthorized("a ticket is valid for one GET only");
      }
      return authentication.tickets().redeem(ticket);
    }
    String token = AuthCookie.token(request.getCookies());
    if (token != null) {
      if (!isRead(request.getMethod()) && !PageOrigin.isOwn(request)) {
        throw ProblemException.of(
            403,
            "the cookie is valid only for requests from this server's own pages "
                + PageOrigin.asSaid(request));
      }
      return authentication.byToken(token, SandboxFilter.isMeant(request));
    }
    return null;
  }

  private static NodeProof.Request asked(HttpServletRequest request) {
    String query = request.getQueryString();
    return new NodeProof.Request(
        request.getMethod(),
        request.getRequestURI() + (query == null ? "" : "?" + query),
        WholeRequest.bodyOf(request));
  }

  /** From the raw query: the container's parameter methods would read the body of a form. */
  private static String ticket(String query) {
    if (query == null || !query.contains(QueryParameters.TICKET)) {
      return null;
    }
    String found = null;
    for (String part : query.split("&", -1)) {
      if (part.startsWith(QueryParameters.TICKET + "=")) {
        if (found != null) {
          throw ProblemException.unauthorized("ticket may be given once");
        }
        found = part.substring(QueryParameters.TICKET.length() + 1);
      }
    }
    return found;
  }

  private static boolean isRead(String method) {
    return "GET".equals(method) || "HEAD".equals(method) || "OPTIONS".equals(method);
  }

  /** The problem that the client gets for a failed check of credentials. */
  public static ProblemException problem(AuthException refusal) {
    if (refusal instanceof AuthException.Malformed) {
      return ProblemException.of(400, refusal.getMessage());
    } else if (refusal instanceof AuthException.TooMany) {
      return ProblemException.later(429, refusal.getMessage(), RETRY_SECONDS);
    } else if (refusal instanceof AuthException.Unavailable) {
      return ProblemException.later(503, refusal.getMessage(), RETRY_SECONDS);
    }
    return ProblemException.unauthorized(refusal.getMessage());
  }

  /**
   * The caller, if there are credentials.
   *
   * @throws ProblemException if they are not valid
   */
  public static Optional<Caller> callerIfAny(HttpServletRequest request) {
    if (request.getAttribute(REFUSAL) instanceof ProblemException refusal) {
      throw refusal;
    }
    return Optional.ofNullable((Caller) request.getAttribute(CALLER));
  }

  /**
   * The caller.
   *
   * @throws ProblemException 401 if it is not known
   */
  public static Caller callerOf(HttpServletRequest request) {
    if (request.getAttribute(CALLER) instanceof Caller caller) {
      return caller;
    }
    throw nobody();
  }

  public static ProblemException nobody() {
    return ProblemException.unauthorized(
        "say who you are: Authorization: Bearer <token>, a ticket or the login cookie");
  }

  /** Whether a 401 is for missing credentials: an anonymous request is not a failed guess. */
  public static boolean isNobody(HttpServletRequest request) {
    return request.getAttribute(NOBODY) != null;
  }
}
