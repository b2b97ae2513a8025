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

  /** A 400 that names every offending part. */
  public static ProblemException invalid(List<FieldError> errors) {
    String detail =
        errors.size() == 1
            ? errors.get(0).message()
            : errors.size() + " parts of the request are not valid";
    return new ProblemException(Problem.of(400, detail, errors), 0);
  }

  /** A 401: there are no credentials, or they are not valid. */
  public static ProblemException unauthorized(String detail) {
    return of(401, detail);
  }

  /** A 403 that names everything that is not the caller's. */
  public static ProblemException forbidden(List<FieldError> errors) {
    String detail =
        errors.size() == 1
            ? errors.get(0).message()
            : errors.size() + " parts of the request ask for what is not yours";
    return new ProblemException(Problem.of(403, detail, errors), 0);
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
