package io.flowfi.edge;

import io.flowfi.http.Refusal;
import io.flowfi.http.RequestIdFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command's request that nobody answers, and says so in the log. Jersey lets a suspended
 * request wait for ever, and an answer that is lost between the ledger and the container would
 * leave its client waiting for as long as it can. Event streams, which are GETs, have limits of
 * their own.
 *
 * <p>On Tomcat only: on Payara (6.2025.10) a request that was answered by another thread must not
 * be looked at any more, see {@link BodyFilter}.
 */
public final class CommandTimeout extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CommandTimeout.class);
  private static final int RETRY_AFTER_SECONDS = 1;

  private final transient Duration limit;
  private final boolean applies;

  /** Gives the ledger time to answer by itself for a store that hangs, which takes it 20 s. */
  public CommandTimeout(ServletContext container) {
    this(Duration.ofSeconds(30), TomcatPart.isTomcat(container));
  }

  CommandTimeout(Duration limit, boolean applies) {
    this.limit = limit;
    this.applies = applies;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    if (applies && "POST".equals(request.getMethod()) && request.isAsyncStarted()) {
      try {
        AsyncContext context = request.getAsyncContext();
        context.setTimeout(limit.toMillis());
        context.addListener(new Overdue(request, response));
      } catch (IllegalStateException answered) {
        LOG.debug("answered in this moment", answered);
      }
    }
  }

  private final class Overdue implements AsyncListener {
    private final HttpServletRequest request;
    private final HttpServletResponse response;

    Overdue(HttpServletRequest request, HttpServletResponse response) {
      this.request = request;
      this.response = response;
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
      LOG.error(
          "request {} {} {} got no answer within {} s; whether the command is recorded, the log of events tells",
          request.getAttribute(RequestIdFilter.HEADER),
          request.getMethod(),
          request.getRequestURI(),
          limit.toSeconds());
      try {
        if (!response.isCommitted()) {
          response.resetBuffer();
          Refusal.send(
              request,
              response,
              503,
              "the command got no answer in time; it may be recorded all the same: only a request"
                  + " with the same Idempotency-Key can tell",
              RETRY_AFTER_SECONDS);
        }
      } finally {
        event.getAsyncContext().complete();
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {
      // in time
    }

    @Override
    public void onError(AsyncEvent event) {
      // the container answers
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // a command is suspended once
    }
  }
}
