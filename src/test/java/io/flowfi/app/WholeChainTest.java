package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.it.HttpApi;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All filters notice one that has not started, as in a container that leaves it out. */
class WholeChainTest {
  @TempDir private Path base;

  private final WholeChain chain = new WholeChain();

  @Test
  void shouldLetNothingThroughWhileAFilterIsMissing() throws Exception {
    Filter first = chain.link("first", Open::new);
    Filter last = chain.link("last", Open::new);
    chain.link("left-out", Open::new);
    HttpApi.Answer answer = getThrough(first, last);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("detail").asText()).contains("has not started completely");
    assertThat(chain.isWhole()).isFalse();
  }

  @Test
  void shouldLetThroughWhenAllHaveStarted() throws Exception {
    HttpApi.Answer answer =
        getThrough(chain.link("first", Open::new), chain.link("last", Open::new));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(chain.isWhole()).isTrue();
  }

  @Test
  void shouldSayThatItLivesAndStopsWhenAFilterHasEnded() throws Exception {
    Filter first = chain.link("first", Open::new);
    Filter last = chain.link("last", Open::new);
    last.init(null);
    last.destroy();
    HttpApi.Answer live = getThrough("health/live", first);
    assertThat(live.status()).isEqualTo(200);
    assertThat(live.json().path("status").asText()).isEqualTo("up");
    assertThat(getThrough("health/started", first).status()).as("it had started").isEqualTo(200);
    HttpApi.Answer ready = getThrough("health/ready", first);
    assertThat(ready.status()).isEqualTo(503);
    assertThat(ready.header("Retry-After")).isEqualTo("5");
    assertThat(ready.json().toString()).contains("stopping");
    HttpApi.Answer other = getThrough("v1/streams", first);
    assertThat(other.status()).isEqualTo(503);
    assertThat(other.header("Retry-After")).isEqualTo("5");
    assertThat(other.json().path("detail").asText()).contains("stopping");
  }

  @Test
  void shouldMissAFilterThatFails() {
    Filter failing =
        chain.link(
            "failing",
            () ->
                new Open() {
                  private static final long serialVersionUID = 1L;

                  @Override
                  public void init(FilterConfig config) throws ServletException {
                    throw new ServletException("cannot start");
                  }
                });
    assertThatThrownBy(() -> getThrough(failing)).hasMessageContaining("failed");
    assertThat(chain.isWhole()).isFalse();
  }

  /** One that refuses nothing. */
  private static class Open extends HttpFilter {
    private static final long serialVersionUID = 1L;
  }

  private HttpApi.Answer getThrough(Filter... filters) throws Exception {
    return getThrough("nothing", filters);
  }

  private HttpApi.Answer getThrough(String path, Filter... filters) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    Tomcat.addServlet(context, "default", new DefaultServlet());
    context.addServletMappingDecoded("/", "default");
    context.addServletContainerInitializer(
        (classes, application) -> {
          for (int i = 0; i < filters.length; i++) {
            application
                .addFilter("filter-" + i, filters[i])
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
          }
        },
        null);
    try {
      tomcat.start();
      if (!context.getState().isAvailable()) {
        throw new IllegalStateException("the application has failed");
      }
      return new HttpApi(URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/"))
          .get(path);
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
