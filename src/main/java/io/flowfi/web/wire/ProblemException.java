package io.flowfi.web.wire;

import java.util.List;

/**
 * A request that is answered with a problem. Without a stack trace: an expected answer, not a
 * defect.
 */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;
  private final int retryAfterSeconds;

  private ProblemException(Problem problem, int retryAfterSeconds) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  public static ProblemException of(int status, String detail) {
    return new ProblemException(Problem.of(status, detail, List.of()), 0);
  }

  /** A 400 that names the offending parts. */
  public static ProblemException invalid(List<FieldError> errors) {
    return withErrors(400, errors, "are not valid");
  }

  /** A 401: there are no credentials, or they are not valid. */
  public static ProblemException unauthorized(String detail) {
    return of(401, detail);
  }

  /** A 403 that names what is not the caller's. */
  public static ProblemException forbidden(List<FieldError> errors) {
    return withErrors(403, errors, "ask for what is not yours");
  }

  private static ProblemException withErrors(int status, List<FieldError> errors, String what) {
    if (errors.size() == 1) {
      return new ProblemException(Problem.of(status, errors.get(0).message(), errors), 0);
    }
    String detail = errors.size() + " parts of the request " + what;
    if (errors.size() > Problem.MOST_ERRORS) {
      detail += "; the first " + Problem.MOST_ERRORS + " are listed";
    }
    return new ProblemException(Problem.of(status, detail, errors), 0);
  }

  /** A 429 or 503 that says when to try again. */
  public static ProblemException later(int status, String detail, int retryAfterSeconds) {
    return new ProblemException(Problem.of(status, detail, List.of()), retryAfterSeconds);
  }

  public Problem problem() {
    return problem;
  }

  /** 0 if the client need not wait. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
