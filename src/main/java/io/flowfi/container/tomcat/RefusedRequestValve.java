package io.flowfi.container.tomcat;

import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.Context;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.coyote.ActionCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers refused requests that reached no application, or reached ours and are still unanswered.
 * Tomcat sends such requests through its host too, marked as errors.
 *
 * <p>It leaves alone responses that are committed, asynchronous or already reported, and other
 * applications. If it fails, the response is unchanged for the configured valve.
 *
 * <p>It is no {@code ValveBase}: those are registered with JMX, which would also hold the
 * application's class loader. Threads: any number at once.
 */
final class RefusedRequestValve implements Valve {
  private static final Logger LOG = LoggerFactory.getLogger(RefusedRequestValve.class);

  private final Context ours;
  private volatile Valve next;

  RefusedRequestValve(Context ours) {
    this.ours = ours;
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    boolean concernsUs = request.getContext() == null || request.getContext() == ours;
    if (concernsUs && isHeadless(request) && !response.isError()) {
      // HTTP/0.9 has no headers: none for protection, none for the content type
      response.sendError(HttpServletResponse.SC_HTTP_VERSION_NOT_SUPPORTED);
    } else {
      next.invoke(request, response);
    }
    if (concernsUs && isUnanswered(request, response)) {
      answer(request, response);
    }
  }

  private static boolean isHeadless(Request request) {
    return request.getCoyoteRequest().protocol().equals("");
  }

  private static boolean isUnanswered(Request request, Response response) {
    if (response.isCommitted()
        || !response.isErrorReportRequired()
        || response.getStatus() < 400
        || response.getContentWritten() > 0
        || request.isAsync() && !request.isAsyncCompleting()) {
      return false;
    }
    AtomicBoolean canBeSent = new AtomicBoolean();
    response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, canBeSent);
    return canBeSent.get();
  }

  private static void answer(Request request, Response response) {
    Throwable thrown = (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    try {
      ProblemAnswer answer = ProblemAnswer.to(request, response.getStatus(), thrown);
      response.setErrorReported();
      response.setSuspended(false);
      answer.send(request, response);
      if (response.getStatus() == HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
        LOG.error(
            "request {} failed before an application took it",
            response.getHeader(RequestIdFilter.HEADER),
            thrown);
      }
    } catch (IOException gone) {
      LOG.debug("the client left before it was told what is wrong with its request", gone);
    } catch (RuntimeException | LinkageError failed) {
      // for example, a stopped application can load no more classes
      LOG.warn("a refused request could not be answered with a problem", failed);
    }
  }

  @Override
  public Valve getNext() {
    return next;
  }

  @Override
  public void setNext(Valve valve) {
    next = valve;
  }

  @Override
  public void backgroundProcess() {
    // nothing to do between requests
  }

  @Override
  public boolean isAsyncSupported() {
    return true;
  }
}
