package io.flowfi.web.ops;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.auth.Caller;
import io.flowfi.metrics.Exposition;
import io.flowfi.output.OnePiece;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.edge.SandboxFilter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Answers a scraper that comes again with the same answer as {@link MetricsResource}, at a third of
 * the cost: most of what a scrape takes is the way through Jersey.
 *
 * <p>Decides nothing by itself. The first scrape of a minute goes to the resource, which knows who
 * may read the figures and has the audit write that somebody did; after a 200 the same
 * administrator, from the same address, gets the next ones here. Whatever is not such a GET goes
 * on.
 */
public final class ScrapeFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;

  private static final Set<String> PATHS = Set.of("/metrics", "/v1/metrics");

  /** As often as the audit says that somebody has read the same. */
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

  private static final int MOST_KNOWN = 1000;

  private final transient Exposition exposition;

  /** Those who got a 200 of late. */
  private final transient Cache<Scraper, Boolean> known =
      Caffeine.newBuilder().expireAfterWrite(KNOWN_FOR).maximumSize(MOST_KNOWN).build();

  private record Scraper(Caller caller, String address, String path) {}

  public ScrapeFilter(Exposition exposition) {
    this.exposition = exposition;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Scraper scraper = scraper(request);
    if (scraper == null) {
      chain.doFilter(request, response);
    } else if (known.getIfPresent(scraper) != null) {
      answer(request, response);
    } else {
      chain.doFilter(request, response);
      if (response.getStatus() == HttpServletResponse.SC_OK) {
        known.put(scraper, true);
      }
    }
  }

  /** Null if the request is none that could be answered here. */
  private static Scraper scraper(HttpServletRequest request) {
    String path = request.getRequestURI().substring(request.getContextPath().length());
    return PATHS.contains(path)
            && request.getMethod().equals("GET")
            && !SandboxFilter.isMeant(request)
            && request.getAttribute(CallerFilter.REFUSAL) == null
            && request.getAttribute(CallerFilter.CALLER) instanceof Caller caller
            && caller.isAdmin()
        ? new Scraper(caller, ClientAddress.of(request).address(), path)
        : null;
  }

  private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    List<String> accept = Collections.list(request.getHeaders("Accept"));
    Exposition.Answer answer =
        exposition.answer(accept.isEmpty() ? null : String.join(",", accept));
    response.setHeader("Cache-Control", "no-store");
    response.setContentType(answer.type());
    response.setContentLength(answer.body().length);
    OnePiece.begin(request, answer.body().length);
    response.getOutputStream().write(answer.body());
  }
}
