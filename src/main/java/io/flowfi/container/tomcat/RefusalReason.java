package io.flowfi.container.tomcat;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.catalina.connector.Request;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.http.parser.Host;
import org.apache.tomcat.util.res.StringManager;

/**
 * Why Tomcat refused a request, in words for whoever sent it. Found by looking at the request
 * again: Tomcat's own words are for its log, name its insides and repeat what was sent. Nothing of
 * the request is in ours.
 */
final class RefusalReason {
  private static final Pattern PORT = Pattern.compile(":[0-9]{0,9}");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-Fa-f]{2})");
  private static final Pattern NOT_ASCII = Pattern.compile("%[89A-Fa-f][0-9A-Fa-f]");
  private static final Pattern SLASH = Pattern.compile("%2f", Pattern.CASE_INSENSITIVE);
  private static final Pattern BACKSLASH = Pattern.compile("%5c", Pattern.CASE_INSENSITIVE);

  private RefusalReason() {}

  /**
   * @param thrown while the request was read, or null
   * @return empty if the status says all that is known
   */
  static Optional<String> of(int status, Request request, Throwable thrown) {
    return Optional.ofNullable(
        switch (status) {
          case 400 -> badRequest(request, thrown);
          case 417 -> "the only expectation that can be met is 100-continue; leave out Expect";
          case 501 ->
              "CONNECT".equals(request.getMethod())
                  ? "this server is no proxy: it does not support CONNECT"
                  : "the only Transfer-Encoding supported is chunked";
          case 505 -> "this version of HTTP is not supported; use HTTP/1.1";
          default -> null;
        });
  }

  private static String badRequest(Request request, Throwable thrown) {
    if (request.getContext() != null) {
      return null;
    }
    MimeHeaders headers = request.getCoyoteRequest().getMimeHeaders();
    List<String> hosts = all(headers, "Host");
    boolean hostIsBad = hosts.size() == 1 && !isHost(hosts.get(0));
    if (thrown != null && !hostIsBad) {
      return unreadable(request, thrown);
    } else if (hosts.size() > 1) {
      return "there must be one Host header, not several";
    } else if (hostIsBad) {
      return "the Host header must be a host name or address, with or without a port";
    } else if (hosts.isEmpty() && "HTTP/1.1".equals(request.getProtocol())) {
      return "the Host header is missing; HTTP/1.1 requires it";
    }
    return Optional.ofNullable(badBody(headers)).orElseGet(() -> badPath(request.getRequestURI()));
  }

  /** Tomcat gave up before the end of the head. */
  private static String unreadable(Request request, Throwable thrown) {
    if (isTooLarge(thrown)) {
      return "the request line and headers are too large: all together may have %s bytes"
          .formatted(request.getConnector().getProperty("maxHttpRequestHeaderSize"));
    } else if (thrown instanceof IllegalStateException) {
      return "there are too many headers: at most %s are taken"
          .formatted(request.getConnector().getProperty("maxHeaderCount"));
    } else if (request.getRequestURI() == null || request.getCoyoteRequest().protocol().isNull()) {
      return "the request line cannot be read: it must be a method, a path and HTTP/1.1, with one space"
          + " between them, and all special characters of the path percent-encoded";
    }
    return "a header cannot be read: each must be a line with a name, a colon and a value, without"
        + " control characters";
  }

  /** It is one of many exceptions of the same type; told by its text, whatever the language. */
  private static boolean isTooLarge(Throwable thrown) {
    return thrown.getMessage() != null
        && thrown
            .getMessage()
            .equals(
                StringManager.getManager("org.apache.coyote.http11")
                    .getString("iib.requestheadertoolarge.error"));
  }

  private static boolean isHost(String value) {
    try {
      int colon = value.isEmpty() ? -1 : Host.parse(value);
      return colon < 0 || PORT.matcher(value.substring(colon)).matches();
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }

  private static String badBody(MimeHeaders headers) {
    List<String> lengths = all(headers, "Content-Length");
    if (lengths.size() > 1) {
      return "there must be one Content-Length header, not several";
    } else if (lengths.size() == 1 && !LENGTH.matcher(lengths.get(0)).matches()) {
      return "the Content-Length header must be a number of bytes";
    } else if (!all(headers, "Transfer-Encoding").isEmpty()) {
      return "the Transfer-Encoding header must be chunked and nothing else";
    }
    return null;
  }

  private static String badPath(String path) {
    if (path == null || !path.startsWith("/")) {
      return "the path must begin with a slash";
    } else if (BAD_ESCAPE.matcher(path).find()) {
      return "in the path, each % must be followed by two hexadecimal digits; % itself is %25";
    } else if (SLASH.matcher(path).find()) {
      return "an encoded slash (%2F) is not taken in a path";
    } else if (BACKSLASH.matcher(path).find()) {
      return "a backslash (%5C) is not taken in a path";
    } else if (path.contains("%00")) {
      return "a zero byte (%00) is not taken in a path";
    } else if (path.contains("/..")) {
      return "the path leads out of the server (/..)";
    } else if (NOT_ASCII.matcher(path).find()) {
      return "the percent-encoded bytes of the path must be UTF-8";
    }
    return null;
  }

  /** Without the value Tomcat was reading when it gave up: it is null. */
  private static List<String> all(MimeHeaders headers, String name) {
    return Collections.list(headers.values(name)).stream()
        .filter(Objects::nonNull)
        .map(String::trim)
        .toList();
  }
}
