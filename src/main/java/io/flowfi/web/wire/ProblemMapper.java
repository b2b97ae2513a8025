package io.flowfi.web.wire;

import io.flowfi.ledger.LedgerException;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.logs.LogFields;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.InvalidValueException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every exception from a resource into a problem. Details that the client must not see go to
 * the log.
 */
public final class ProblemMapper implements ExceptionMapper<Throwable> {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemMapper.class);
  private static final int RETRY_SECONDS = 1;

  /**
   * HTTP counts them as server errors, but the client asked for an unsupported method or version of
   * HTTP: nothing has failed here, so nobody has to act.
   */
  private static final Set<Integer> CLIENTS_CHOICE = Set.of(501, 505);

  @Context private HttpServletRequest request;

  /** It may run on a thread that ends a command, which does not know the request. */
  @Override
  public Response toResponse(Throwable thrown) {
    try (LogFields.Scope scope = LogFields.ofRequest(request.getAttribute(LogFields.OF_REQUEST))) {
      return problem(thrown);
    }
  }

  private Response problem(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof ProblemException expected) {
      return response(expected.problem(), expected.retryAfterSeconds(), null);
    } else if (cause instanceof CommandRejectedException rejected) {
      return response(
          Problem.of(status(rejected.reason()), rejected.getMessage(), List.of()), 0, null);
    } else if (cause instanceof InvalidValueException invalid) {
      return response(
          ProblemException.invalid(
                  List.of(FieldError.ofParameter(invalid.field(), invalid.getMessage())))
              .problem(),
          0,
          null);
    } else if (cause instanceof LedgerException ledger) {
      return response(Problem.of(503, ledger.getMessage(), List.of()), RETRY_SECONDS, null);
    } else if (cause instanceof LogUnavailableException unavailable) {
      LOG.error("request {} could not read the store", requestId(), unavailable);
      return response(
          Problem.of(503, "the store cannot be read at the moment", List.of()),
          RETRY_SECONDS,
          null);
    } else if (cause instanceof WebApplicationException web) {
      return response(web);
    }
    LOG.error(
        "request {} failed: {} {}",
        requestId(),
        request.getMethod(),
        request.getRequestURI(),
        cause);
    return response(Problem.of(500), 0, null);
  }

  private static int status(CommandRejectedException.Reason reason) {
    return switch (reason) {
      case UNKNOWN_STREAM -> 404;
      case ALREADY_EXISTS, CONFLICT -> 409;
      case VERSION_MISMATCH -> 412;
      case IDEMPOTENCY_KEY_REUSED -> 422;
    };
  }

  /** Jersey's own: only the status and the Allow header are kept, its texts may name classes. */
  private Response response(WebApplicationException web) {
    int status = web instanceof NotFoundException ? 404 : web.getResponse().getStatus();
    if (CLIENTS_CHOICE.contains(status)) {
      LOG.debug(
          "request {} is of a kind that is not served: {} {}",
          requestId(),
          request.getMethod(),
          request.getRequestURI(),
          web);
    } else if (status >= 500) {
      LOG.error(
          "request {} failed: {} {}",
          requestId(),
          request.getMethod(),
          request.getRequestURI(),
          web);
    }
    return response(Problem.of(status), 0, web.getResponse().getHeaderString(HttpHeaders.ALLOW));
  }

  private Response response(Problem problem, int retryAfterSeconds, String allow) {
    Response.ResponseBuilder response =
        Response.status(problem.status())
            .type(Problem.MEDIA_TYPE)
            .entity(Json.write(problem.at(request.getRequestURI())));
    if (retryAfterSeconds > 0) {
      response.header(HttpHeaders.RETRY_AFTER, retryAfterSeconds);
    }
    if (problem.status() == 401) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    if (allow != null) {
      response.header(HttpHeaders.ALLOW, allow);
    }
    return response.build();
  }

  /**
   * The same id as in {@code X-Request-ID}, so that a client's report leads to the line in the log.
   */
  private Object requestId() {
    return request.getAttribute(RequestIdFilter.HEADER);
  }
}
