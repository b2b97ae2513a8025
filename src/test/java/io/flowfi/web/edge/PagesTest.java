package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/index.html",
        "/favicon.ico",
        "/follow.js",
        "/shared/base.css",
        "/docs/",
        "/api-docs",
        "/legacy/v1/api-docs.json",
        "/admin",
        "/admin/",
        "/admin/index.html",
        "/admin/charts/",
        "/admin/charts/chart.js",
        "/admin/no-such.html"
      })
  void shouldServePages(String path) {
    assertThat(path).matches(Pages.PATHS);
  }

  @Test
  void shouldServeEveryFileOfThePages() throws IOException {
    Path webapp = Path.of("webapp");
    try (Stream<Path> files = Files.walk(webapp)) {
      List<String> paths =
          files
              .filter(Files::isRegularFile)
              .map(file -> "/" + webapp.relativize(file))
              .filter(path -> !path.startsWith("/WEB-INF/"))
              .toList();
      assertThat(paths).hasSizeGreaterThan(20).allMatch(path -> path.matches(Pages.PATHS));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/admin",
        "/v1/admin/connections",
        "/v1/admin/index.html",
        "/admin/connections",
        "/admin/connections/8f14e45f",
        "/admin/connections/1.5",
        "/administrators",
        "/streams/1",
        "/streams.json",
        "/v1/openapi.json",
        "/api-docs/streams",
        "/v1/legacy/api-docs",
        "/tests",
        "/v1/lib/client.js"
      })
  void shouldLeaveTheRestToTheApi(String path) {
    assertThat(path).doesNotMatch(Pages.PATHS);
  }
}
