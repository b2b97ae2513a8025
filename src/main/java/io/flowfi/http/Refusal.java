package io.flowfi.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.util.List;

/** How a servlet filter turns a request down. */
public final class Refusal {
  private Refusal() {}

  /**
   * @param detail for a person who has to act on it
   */
  public static void send(
      HttpServletRequest request, HttpServletResponse response, int status, String detail)
      throws IOException {
    send(request, response, status, detail, 0);
  }

  /**
   * @param retryAfterSeconds 0 if coming back later does not help
   */
  public static void send(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      String detail,
      int retryAfterSeconds)
      throws IOException {
    if (retryAfterSeconds > 0) {
      response.setIntHeader(HttpHeaders.RETRY_AFTER, retryAfterSeconds);
    }
    ProblemServlet.send(
        response, Problem.of(status, detail, List.of()).at(request.getRequestURI()));
  }
}
