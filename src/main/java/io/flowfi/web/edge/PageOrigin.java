package io.flowfi.web.edge;

import io.flowfi.web.wire.FieldError;
import jakarta.servlet.http.HttpServletRequest;
import java.util.StringJoiner;

/** Which page a request comes from, as its browser reports it. */
public final class PageOrigin {
  private static final String[] TELLING = {"Origin", "Host", "Sec-Fetch-Site"};

  private PageOrigin() {}

  /**
   * Whether one of our own pages makes the request: by {@code Sec-Fetch-Site}, or an older browser
   * by {@code Origin}. A request with neither is not from a browser.
   */
  public static boolean isOwn(HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null) {
      return site.equals("same-origin");
    }
    String origin = request.getHeader("Origin");
    return origin == null || isOwn(origin, request);
  }

  /**
   * Whether an origin is the one that the request goes to. The scheme is ignored, except for its
   * default port: it would differ behind a proxy that ends TLS without saying so.
   */
  public static boolean isOwn(String origin, HttpServletRequest request) {
    String host = request.getHeader("Host");
    int authority = origin.indexOf("://");
    if (authority < 0 || host == null) {
      return false;
    }
    String usual = origin.startsWith("https:") ? ":443" : origin.startsWith("http:") ? ":80" : null;
    return bare(origin.substring(authority + 3), usual).equalsIgnoreCase(bare(host, usual));
  }

  private static String bare(String authority, String usualPort) {
    return usualPort != null && authority.endsWith(usualPort)
        ? authority.substring(0, authority.length() - usualPort.length())
        : authority;
  }

  /**
   * The compared values, for an error message: it shows the operator of a proxy what the proxy has
   * changed.
   */
  public static String asSaid(HttpServletRequest request) {
    StringJoiner said = new StringJoiner(", ", "(", ")");
    for (String name : TELLING) {
      String value = request.getHeader(name);
      said.add(value == null ? "no " + name : name + " " + FieldError.quoted(value));
    }
    return said.toString();
  }
}
