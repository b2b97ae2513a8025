package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/index.html",
        "/favicon.ico",
        "/assets/base.css",
        "/docs/",
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
        "/openapi.json"
      })
  void shouldLeaveTheRestToTheApi(String path) {
    assertThat(path).doesNotMatch(Pages.PATHS);
  }
}
