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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
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
  private static final String STARTED = "/health/started";
  private static final String STOPPING = troubles("server", "stopping");
  private static final String WAITING = troubles("store", "does not answer; the node waits for it");

  // under the monitor
  private final Set<String> missing = new TreeSet<>();

  private final List<Link> links = new CopyOnWriteArrayList<>();

  private volatile boolean whole;
  private volatile boolean ended;

  /** What the filters need; null if it is there from the beginning. */
  private volatile Node node;

  /**
   * The filter as it must be registered.
   *
   * @param filter made when it starts
   */
  Filter link(String name, Supplier<Filter> filter) {
    missing(name);
    Link link = new Link(name, filter);
    links.add(link);
    return link;
  }

  /** Lets the filters wait until the node is there. Call it before the container starts them. */
  void waitFor(Node late) {
    node = late;
  }

  /**
   * Starts the filters that have waited.
   *
   * @throws IllegalStateException if one does not start
   */
  void startAll() {
    try {
      for (Link link : links) {
        link.start();
      }
    } catch (ServletException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private static String troubles(String part, String trouble) {
    return "{\"status\":\"down\",\"troubles\":{\"%s\":\"%s\"}}".formatted(part, trouble);
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
   * repairs, and neither is a database that is away, so liveness is fine; everything else gets 503.
   */
  private static void answerMeanwhile(
      HttpServletRequest request, HttpServletResponse response, String why, String health)
      throws IOException {
    String path = request.getRequestURI();
    if (path.endsWith("/health/live") || health.equals(STOPPING) && path.endsWith(STARTED)) {
      send(response, "{\"status\":\"up\"}");
    } else if (path.endsWith("/health/ready")
        || path.endsWith("/health")
        || path.endsWith(STARTED)) {
      response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      response.setIntHeader("Retry-After", RETRY_SECONDS);
      send(response, health);
    } else {
      Refusal.send(
          request, response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, why, RETRY_SECONDS);
    }
  }

  private static void send(HttpServletResponse response, String json) throws IOException {
    response.setContentType("application/json");
    response.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
  }

  private final class Link implements Filter {
    private final String name;
    private final Supplier<Filter> making;
    private volatile Filter filter;
    private FilterConfig config;

    Link(String name, Supplier<Filter> making) {
      this.name = name;
      this.making = making;
    }

    @Override
    public void init(FilterConfig given) throws ServletException {
      config = given;
      if (node == null) {
        start();
      }
    }

    void start() throws ServletException {
      try {
        Filter made = making.get();
        made.init(config);
        filter = made;
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
      HttpServletRequest http = (HttpServletRequest) request;
      if (!whole && node != null && !http.getRequestURI().endsWith("/health/live")) {
        node.tryAgain();
      }
      if (whole && !ended) {
        filter.doFilter(request, response, chain);
      } else if (ended) {
        answerMeanwhile(http, (HttpServletResponse) response, "the server is stopping", STOPPING);
      } else if (node != null && node.waits()) {
        answerMeanwhile(
            http, (HttpServletResponse) response, "the server waits for its database", WAITING);
      } else {
        Refusal.send(
            http,
            (HttpServletResponse) response,
            HttpServletResponse.SC_SERVICE_UNAVAILABLE,
            "the server has not started completely; its log says why");
      }
    }

    @Override
    public void destroy() {
      ended = true;
      if (filter != null) {
        filter.destroy();
      }
    }
  }
}
