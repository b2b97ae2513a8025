package io.flowfi.web.wire;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Rejects a request before it reaches a resource, and records that. */
public final class Refusal {
  /** The type of {@link #body}. */
  public static final String MEDIA_TYPE = Problem.MEDIA_TYPE;

  /** Request attribute: the {@link Recorder}, if refusals are recorded. */
  public static final String RECORDER = Recorder.class.getName();

  private Refusal() {}

  /** Records refusals. */
  @FunctionalInterface
  public interface Recorder {
    /** Returns at once. */
    void refused(HttpServletRequest request, int status);
  }

  /**
   * The problem as JSON, for an answer that no servlet sends.
   *
   * @param detail for a person who has to act on it; without one, the text of the status
   * @param instance the requested path, if it is known
   */
  public static byte[] body(int status, Optional<String> detail, Optional<String> instance) {
    Problem problem =
        detail.map(text -> Problem.of(status, text, List.of())).orElseGet(() -> Problem.of(status));
    return Json.write(instance.map(problem::at).orElse(problem));
  }

  /**
   * @param detail for a person who has to act on it
   */
  public static void send(
      HttpServletRequest request, HttpServletResponse response, int status, String detail)
      throws IOException {
    send(request, response, status, detail, 0);
  }

  /** For a parameter or header that is wrong: a 400. */
  public static void send(
      HttpServletRequest request, HttpServletResponse response, FieldError error)
      throws IOException {
    send(request, response, Problem.of(400, error.message(), List.of(error)), 0);
  }

  /**
   * @param retryAfterSeconds 0 if a retry does not help
   */
  public static void send(
      HttpServletRequest request,
      HttpServletResponse response,
      int status,
      String detail,
      int retryAfterSeconds)
      throws IOException {
    send(request, response, Problem.of(status, detail, List.of()), retryAfterSeconds);
  }

  /** Records a request that a resource has rejected, if refusals are recorded. */
  public static void record(HttpServletRequest request, int status) {
    if (request.getAttribute(RECORDER) instanceof Recorder recorder) {
      recorder.refused(request, status);
    }
  }

  private static void send(
      HttpServletRequest request,
      HttpServletResponse response,
      Problem problem,
      int retryAfterSeconds)
      throws IOException {
    record(request, problem.status());
    if (retryAfterSeconds > 0) {
      response.setIntHeader(HttpHeaders.RETRY_AFTER, retryAfterSeconds);
    }
    ProblemServlet.send(request, response, problem.at(request.getRequestURI()));
  }
}
