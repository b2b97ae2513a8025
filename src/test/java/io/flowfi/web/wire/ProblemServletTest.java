package io.flowfi.web.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.http.AcceptHeader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemServletTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "Text/HTML",
        // browsers
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "text/html, */*",
        "text/html, application/json;q=0.5",
        "text/html, application/ld+json",
        "text/html;q=0.5, application/json;q=0"
      })
  void shouldSendAPageToWhoPrefersOne(String accept) {
    assertThat(ProblemServlet.wantsPage(new AcceptHeader(accept))).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "*/*",
        "text/*",
        "application/json",
        "application/json, text/html",
        "application/problem+json, text/html;q=0.9",
        "text/html;q=0.1, */*",
        "text/html;q=0",
        "text/html;q=0, application/xml",
        "text/html-sandboxed",
        "image/png;note=\"text/html\""
      })
  void shouldSendAProblemToAllOthers(String accept) {
    assertThat(ProblemServlet.wantsPage(new AcceptHeader(accept))).isFalse();
  }
}
