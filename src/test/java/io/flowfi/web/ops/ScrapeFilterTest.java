package io.flowfi.web.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.auth.Caller;
import io.flowfi.container.tomcat.FilteredTomcat;
import io.flowfi.it.TestAddresses;
import io.flowfi.metrics.Exposition;
import io.flowfi.payment.Address;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.edge.ClientAddress;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which scrapes take the long way. {@code ScrapesTest} shows that both ways answer the same. */
@Timeout(60)
class ScrapeFilterTest {
  private static final Caller ACCOUNT =
      new Caller(Optional.of(new Address(TestAddresses.account(1))), Set.of(), Optional.empty());

  private final Exposition exposition = new Exposition(readings -> List.of());
  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  private final HttpClient client = HttpClient.newHttpClient();

  /** Requests that the filter passed on. */
  private final AtomicInteger passedOn = new AtomicInteger();

  @TempDir private Path base;

  @BeforeEach
  void start() throws Exception {
    FilteredTomcat.start(
        tomcat,
        connector,
        base,
        (classes, application) -> {
          FilteredTomcat.add(
              application,
              "caller",
              (request, response, chain) -> {
                HttpServletRequest http = (HttpServletRequest) request;
                boolean admin = http.getHeader("Admin") != null;
                request.setAttribute(CallerFilter.CALLER, admin ? Caller.OPEN : ACCOUNT);
                new ClientAddress(http.getHeader("From"), "").attachTo(http);
                chain.doFilter(request, response);
              });
          FilteredTomcat.add(application, "scrape", new ScrapeFilter(exposition));
        },
        new Resource());
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
    exposition.close();
  }

  private int ask(String method, String path, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .headers(headers)
            .build();
    return client.send(request, BodyHandlers.discarding()).statusCode();
  }

  @Test
  void shouldPassOnOnlyTheFirstOfEachScraper() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(ask("GET", "/metrics", "Admin", "1", "From", "203.0.113.1")).isEqualTo(200);
    }
    assertThat(passedOn).hasValue(1);
    ask("GET", "/metrics", "Admin", "1", "From", "203.0.113.2");
    assertThat(passedOn).as("another address").hasValue(2);
    ask("GET", "/v1/metrics", "Admin", "1", "From", "203.0.113.1");
    assertThat(passedOn).as("another path").hasValue(3);
  }

  @Test
  void shouldPassOnEverythingElse() throws Exception {
    ask("GET", "/metrics", "Admin", "1", "From", "203.0.113.1");
    for (int i = 0; i < 2; i++) {
      int before = passedOn.get();
      ask("GET", "/metrics", "From", "203.0.113.1");
      ask("HEAD", "/metrics", "Admin", "1", "From", "203.0.113.1");
      ask("GET", "/metrics/", "Admin", "1", "From", "203.0.113.1");
      ask("GET", "/refused/metrics", "Admin", "1", "From", "203.0.113.1");
      assertThat(passedOn).hasValue(before + 4);
    }
  }

  @Test
  void shouldKnowNobodyWhoWasRefused() throws Exception {
    for (int i = 1; i <= 3; i++) {
      assertThat(ask("GET", "/metrics", "Admin", "1", "Refuse", "1", "From", "203.0.113.1"))
          .isEqualTo(503);
      assertThat(passedOn).hasValue(i);
    }
  }

  /** In the place of the resource. */
  private final class Resource extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      passedOn.incrementAndGet();
      response.setStatus(request.getHeader("Refuse") == null ? 200 : 503);
    }
  }
}
