package io.flowfi.app;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The filters of the application. Each one lets a request pass only if all of them have started.
 * The Servlet specification does not say what happens to an application with a filter that cannot
 * start. Tomcat does not start it. Payara (6.2025.10, 7.2026.11) leaves the filter out, reports a
 * successful deployment, and serves requests without the filter.
 *
 * <p>Threads: those of the container: one starts filters, any number serve.
 */
final class WholeChain {
  private static final Logger LOG = LoggerFactory.getLogger(WholeChain.class);

  private static final int RETRY_SECONDS = 5;

  // under the monitor
  private final Set<String> missing = new TreeSet<>();

  private volatile boolean whole;
  private volatile boolean ended;

  /** The filter as it must be registered. */
  Filter link(String name, Filter filter) {
    missing(name);
    return new Link(name, filter);
  }

  private synchronized void missing(String name) {
    missing.add(name);
    whole = false;
  }

  private synchronized void started(String name) {
    missing.remove(name);
    whole = missing.isEmpty();
  }

  /** Whether every filter has started. */
  boolean isWhole() {
    return whole;
  }

  /**
   * Payara still accepts requests after it has ended filters. A stop is not a defect that a restart
   * repairs, so liveness is fine; everything else gets 503.
   */
  private static void answerAtTheEnd(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getRequestURI().endsWith("/health/live")) {
      response.setContentType("application/json");
      response.getOutputStream().write("{\"status\":\"up\"}".getBytes(StandardCharsets.UTF_8));
    } else {
      Refusal.send(
          request,
          response,
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "the server is stopping",
          RETRY_SECONDS);
    }
  }

  private final class Link implements Filter {
    private final String name;
    private final Filter filter;

    Link(String name, Filter filter) {
      this.name = name;
      this.filter = filter;
    }

    @Override
    public void init(FilterConfig config) throws ServletException {
      try {
        filter.init(config);
      } catch (ServletException | RuntimeException | LinkageError failed) {
        LOG.error(
            "FlowFi Events cannot serve, all requests get 503: its filter {} does not start on {}: {}",
            name,
            config.getServletContext().getServerInfo(),
            failed.toString());
        throw failed;
      }
      started(name);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      if (whole && !ended) {
        filter.doFilter(request, response, chain);
      } else if (ended) {
        answerAtTheEnd((HttpServletRequest) request, (HttpServletResponse) response);
      } else {
        Refusal.send(
            (HttpServletRequest) request,
            (HttpServletResponse) response,
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            "the server has not started completely; its log says why");
      }
    }

    @Override
    public void destroy() {
      ended = true;
      filter.destroy();
    }
  }
}
