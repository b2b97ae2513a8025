package io.flowfi.web.wire;

import io.flowfi.http.AcceptHeader;
import io.flowfi.http.AcceptHeader.Preference;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The error page of the application: answers errors of the container itself with a problem too, or
 * with a small page if a browser asked for one.
 */
public final class ProblemServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  /** What clients call the form of our answers. */
  private static final List<String> PROBLEMS = List.of(Problem.MEDIA_TYPE, "application/json");

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (response.isCommitted()) {
      return; // Tomcat includes this page at the end of what is sent, before it cuts the connection
    }
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object path = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    Problem problem = Problem.of(status instanceof Integer code ? code : 404);
    if (wantsPage(new AcceptHeader(request.getHeader("Accept")))) {
      sendPage(response, problem);
    } else {
      send(
          request,
          response,
          problem.at(path instanceof String uri ? uri : request.getRequestURI()));
    }
  }

  /** Whoever takes everything, or JSON as gladly, gets the problem. */
  static boolean wantsPage(AcceptHeader accept) {
    Preference page = accept.preference("text/html");
    return page.named()
        && page.weight() > 0
        && PROBLEMS.stream()
            .map(accept::preference)
            .noneMatch(
                json ->
                    json.weight() > page.weight()
                        || json.named() && json.weight() == page.weight());
  }

  static void send(HttpServletRequest request, HttpServletResponse response, Problem problem)
      throws IOException {
    byte[] body = SandboxAnswers.marked(request, Json.write(problem));
    send(response, problem.status(), Problem.MEDIA_TYPE, body);
  }

  /** It contains nothing of the request, so nothing needs escaping. */
  private static void sendPage(HttpServletResponse response, Problem problem) throws IOException {
    String page =
        """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>%1$d %2$s</title>
        <link rel="stylesheet" href="/shared/base.css">
        <main class="page">
        <h1>%2$s</h1>
        <p>%1$d: %3$s.</p>
        <p><a href="/">Start page</a></p>
        </main>
        </html>
        """
            .formatted(problem.status(), problem.title(), problem.detail());
    send(
        response,
        problem.status(),
        "text/html;charset=UTF-8",
        page.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpServletResponse response, int status, String type, byte[] body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(type);
    response.setHeader("Cache-Control", "no-store");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
