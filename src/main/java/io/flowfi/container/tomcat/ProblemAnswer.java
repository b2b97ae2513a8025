package io.flowfi.container.tomcat;

import io.flowfi.web.edge.SecurityHeadersFilter;
import io.flowfi.web.wire.Refusal;
import io.flowfi.web.wire.RequestIdFilter;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.Optional;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.tomcat.util.http.FastHttpDateFormat;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * A problem with the headers of all our answers, written without servlets and filters.
 *
 * @param mayLackHead whether Tomcat may send no head, because it takes the request for HTTP/0.9
 */
record ProblemAnswer(byte[] body, boolean mayLackHead) {
  /**
   * @param thrown by Tomcat while it read the request, or null
   */
  static ProblemAnswer to(Request request, int status, Throwable thrown) {
    // Tomcat's processors remember that their last request was HTTP/0.9 until they have read the
    // next version, and other connections reuse them. So an unreadable request line may be taken
    // for HTTP/0.9, because of an earlier client.
    boolean mayLackHead = thrown != null || request.getCoyoteRequest().protocol().equals("");
    return new ProblemAnswer(
        Refusal.body(status, detail(status, request), instance(request)), mayLackHead);
  }

  /**
   * One sentence a status. Tomcat's own texts are for its log only: they name its internals, and
   * repeat what was sent.
   */
  private static Optional<String> detail(int status, Request request) {
    return status == 400 && request.getContext() == null
        ? Optional.of(
            "the request line, the path or a header is malformed, or there is more of them than the"
                + " server takes")
        : Optional.empty();
  }

  /** The path, if it was read and is a valid URI reference. */
  private static Optional<String> instance(Request request) {
    String path = request.getRequestURI();
    if (path == null || !path.startsWith("/")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new URI(path).toASCIIString());
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
  }

  void send(Request request, Response response) throws IOException {
    response.resetBuffer(true);
    RequestIdFilter.mark(request, response);
    SecurityHeadersFilter.mark(request, response);
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(Refusal.MEDIA_TYPE);
    OutputStream out = response.getOutputStream();
    if (request.getContext() == null) {
      // Tomcat closes the connection after most of these, and does not always announce it
      response.setHeader("Connection", "close");
    }
    if (mayLackHead) {
      // without a length, which would count the head too; the body ends with the connection
      response.setHeader("Connection", "close");
      response.flushBuffer();
      if (lacksHead(response)) {
        out.write(head(response).getBytes(StandardCharsets.ISO_8859_1));
      }
    } else {
      response.setContentLength(body.length);
    }
    out.write(body);
    response.finishResponse();
  }

  /** Tomcat adds the type to the other headers when it writes them. */
  private static boolean lacksHead(Response response) {
    return response.getCoyoteResponse().getMimeHeaders().getHeader("Content-Type") == null;
  }

  /** What Tomcat would have sent. */
  private static String head(Response response) {
    MimeHeaders headers = response.getCoyoteResponse().getMimeHeaders();
    StringBuilder head =
        new StringBuilder("HTTP/1.1 ").append(response.getStatus()).append(" \r\n");
    for (Enumeration<String> names = headers.names(); names.hasMoreElements(); ) {
      String name = names.nextElement();
      head.append(name).append(": ").append(headers.getHeader(name)).append("\r\n");
    }
    return head.append("Content-Type: ")
        .append(Refusal.MEDIA_TYPE)
        .append("\r\nDate: ")
        .append(FastHttpDateFormat.getCurrentDate())
        .append("\r\n\r\n")
        .toString();
  }
}
