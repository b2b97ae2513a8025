package io.flowfi.web.edge;

import io.flowfi.output.Suspension;
import io.flowfi.threads.DaemonThreads;
import io.flowfi.threads.RepeatedTask;
import io.flowfi.web.wire.Refusal;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a command's request that gets no answer, and logs it. Jersey lets a suspended request wait
 * forever, so an answer that is lost between the ledger and the container would leave its client
 * waiting. Event streams, which are GETs, have limits of their own.
 *
 * <p>The container's own time-out is not used: Tomcat's made answers get lost, see {@link
 * Suspension}. A thread checks the waiting requests once a second.
 *
 * <p>On Tomcat only: on Payara (6.2025.10) no other thread may touch a request that was answered,
 * see {@link BodyFilter}.
 */
public final class CommandTimeout extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CommandTimeout.class);

  /** Request attribute of a read that its resource may suspend, and ends within a time itself. */
  public static final String SUSPENDED_READ = CommandTimeout.class.getName() + ".suspended-read";

  private static final int RETRY_AFTER_SECONDS = 1;
  private static final long MOST_MILLIS_BETWEEN_LOOKS = 1000;

  private final transient Duration limit;
  private final boolean applies;
  private final transient Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final transient DaemonThreads threads = new DaemonThreads("command-timeout");
  private transient ScheduledExecutorService watch;

  /** Leaves the ledger time to answer for a store that hangs, which takes 20 s. */
  public CommandTimeout(boolean applies) {
    this(Duration.ofSeconds(30), applies);
  }

  CommandTimeout(Duration limit, boolean applies) {
    this.limit = limit;
    this.applies = applies;
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    super.init(config);
    if (applies) {
      watch = Executors.newSingleThreadScheduledExecutor(threads);
      long interval = Math.min(MOST_MILLIS_BETWEEN_LOOKS, limit.toMillis());
      watch.scheduleWithFixedDelay(
          new RepeatedTask("the watch over commands without an answer", this::look),
          interval,
          interval,
          TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void destroy() {
    if (watch != null) {
      watch.shutdownNow();
      threads.awaitEnd();
    }
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    if (!applies || !request.isAsyncStarted()) {
      return;
    }
    if (request.getAttribute(SUSPENDED_READ) != null) {
      Suspension.makeEndless(request.getAsyncContext());
    } else if ("POST".equals(request.getMethod())) {
      AsyncContext context = request.getAsyncContext();
      Suspension.makeEndless(context);
      Waiting command = new Waiting(context, request, response);
      waiting.add(command);
      context.addListener(command);
    }
  }

  /** Requests that wait for an answer now. */
  int waiting() {
    return waiting.size();
  }

  private void look() {
    long now = System.nanoTime();
    for (Waiting command : waiting) {
      if (now - command.since > limit.toNanos() && waiting.remove(command)) {
        command.end();
      }
    }
  }

  private final class Waiting implements AsyncListener {
    private final AsyncContext context;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final long since = System.nanoTime();

    Waiting(AsyncContext context, HttpServletRequest request, HttpServletResponse response) {
      this.context = context;
      this.request = request;
      this.response = response;
    }

    void end() {
      LOG.error(
          "request {} {} {} got no answer within {} s; the log of events shows whether the command is recorded",
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
      } catch (IOException gone) {
        LOG.debug("the client is gone", gone);
      } finally {
        context.complete();
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {
      waiting.remove(this);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      // cannot happen within a hundred years
    }

    /** The container answers; it completes the request next. */
    @Override
    public void onError(AsyncEvent event) {
      waiting.remove(this);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // a command is suspended once
    }
  }
}
