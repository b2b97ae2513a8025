package io.flowfi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.http.AcceptHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which format of the figures an {@code Accept} header gets. */
class ExpositionFormatTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/openmetrics-text",
        "Application/OpenMetrics-Text; Version=1.0.0",
        "application/openmetrics-text;version=\"1.0.0\";charset=utf-8",
        "application/openmetrics-text;note=\"a,b;q=0\\\",\"",
        "text/plain,application/openmetrics-text",
        "application/openmetrics-text;q=0.001",
        "text/plain;q=0.5, application/openmetrics-text ; q=0.6",
        "application/*, text/*;q=0.9",
        "*/*, text/plain;q=0",
        // Prometheus 2 and 3
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
            + "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            + "application/openmetrics-text;version=0.0.1;q=0.5,"
            + "text/plain;version=1.0.0;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
      })
  void shouldPreferOpenMetrics(String header) {
    assertThat(Exposition.prefersOpenMetrics(new AcceptHeader(header))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",;=",
        "*/*",
        "application/json",
        "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=0.000, */*",
        "application/openmetrics-text; Q=0.5, text/plain",
        // Prometheus whose scrape_protocols has the text first
        "text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.4",
        "application/openmetrics-text;version=1.0.0;q=0,application/openmetrics-text",
        // a version that there is not
        "application/openmetrics-text;version=0.0.1,text/plain;q=0.5",
        // no weights
        "application/openmetrics-text;q=2, text/plain;q=0.1",
        "application/openmetrics-text;q=-1",
        "application/openmetrics-text;q=high",
        "application/openmetrics-text;q=",
        // no types
        "application/openmetrics-text-2",
        "my/application/openmetrics-text",
        "text/plain;note=\"application/openmetrics-text, application/openmetrics-text\""
      })
  void shouldPreferText(String header) {
    assertThat(Exposition.prefersOpenMetrics(new AcceptHeader(header))).isFalse();
  }

  @Test
  void shouldPreferTextWithoutAHeader() {
    assertThat(Exposition.prefersOpenMetrics(new AcceptHeader(null))).isFalse();
  }
}
