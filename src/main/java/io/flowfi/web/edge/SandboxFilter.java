package io.flowfi.web.edge;

import io.flowfi.payment.InvalidValueException;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.QueryParameters;
import io.flowfi.web.wire.Refusal;
import io.flowfi.web.wire.SandboxAnswers;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;

/**
 * Decides, once for each request, whether it is for the sandbox: by the header {@value #HEADER} or
 * the parameter {@code sandbox}. What could be meant for the sandbox never reaches the real ledger:
 * a value that is not clear, or a server without a sandbox, is an error.
 */
public final class SandboxFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  /** Of requests and of answers: {@code true}. */
  public static final String HEADER = "X-Sandbox-Mode";

  private static final String NAME = QueryParameters.SANDBOX;

  private final boolean on;

  /**
   * @param on whether there is a sandbox
   */
  public SandboxFilter(boolean on) {
    this.on = on;
  }

  /** Whether a request that has passed the filter is for the sandbox. */
  public static boolean isMeant(ServletRequest request) {
    return SandboxAnswers.areMeant(request);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (on) {
      // not set: another filter names its own; a cache must not give one ledger's answer for
      // another's
      response.addHeader("Vary", HEADER);
    }
    Boolean meant = isMeant(request) ? Boolean.TRUE : null;
    if (meant == null && request.getDispatcherType() != DispatcherType.ERROR) {
      try {
        meant = inQuery(request.getQueryString(), inHeader(request));
      } catch (InvalidValueException unclear) {
        refuse(request, response, unclear.field(), unclear.getMessage());
        return;
      }
    }
    if (meant != null && meant) {
      if (!on) {
        refuse(
            request,
            response,
            request.getHeader(HEADER) == null ? NAME : HEADER,
            "this server has no sandbox, and nothing was done: SANDBOX=on gives it one");
        return;
      }
      SandboxAnswers.mean(request);
      response.setHeader(HEADER, "true");
    }
    chain.doFilter(request, response);
  }

  private static void refuse(
      HttpServletRequest request, HttpServletResponse response, String where, String why)
      throws IOException {
    Refusal.send(request, response, FieldError.ofParameter(where, why));
  }

  /** What the header says; null without one. */
  private static Boolean inHeader(HttpServletRequest request) {
    if (request.getHeader(HEADER) == null) {
      return null;
    }
    Boolean said = null;
    Enumeration<String> values = request.getHeaders(HEADER);
    while (values.hasMoreElements()) {
      said = agreed(said, values.nextElement(), HEADER);
    }
    return said;
  }

  /**
   * What the raw query says, and the header has said. Names are compared as JAX-RS decodes them,
   * and in capitals too: that is an error further on, but never a request to the real ledger.
   */
  private static Boolean inQuery(String query, Boolean said) {
    if (query == null) {
      return said;
    }
    Boolean meant = said;
    int begin = 0;
    while (begin < query.length()) {
      int end = query.indexOf('&', begin);
      end = end < 0 ? query.length() : end;
      int equals = query.indexOf('=', begin);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (isName(query, begin, nameEnd)) {
        meant = agreed(meant, decoded(query.substring(Math.min(nameEnd + 1, end), end)), NAME);
      }
      begin = end + 1;
    }
    return meant;
  }

  private static boolean isName(String query, int begin, int end) {
    if (end - begin == NAME.length()) {
      return query.regionMatches(true, begin, NAME, 0, NAME.length());
    }
    return end - begin > NAME.length()
        && query.substring(begin, end).indexOf('%') >= 0
        && decoded(query.substring(begin, end)).equalsIgnoreCase(NAME);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text; // rejected further on
    }
  }

  private static boolean agreed(Boolean before, String text, String where) {
    boolean value =
        switch (text) {
          case "true", "1" -> true;
          case "false", "0" -> false;
          default -> throw new InvalidValueException(where, where + " must be true or false");
        };
    if (before != null && before != value) {
      throw new InvalidValueException(
          where, HEADER + " and " + NAME + " must not say different things");
    }
    return value;
  }
}
