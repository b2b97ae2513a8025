package io.flowfi.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.http.AcceptHeader.Preference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9110, 12.4.2 and 12.5.1. */
class AcceptHeaderTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "none | 0 | false",
        "'' | 0 | false",
        "text/html | 1 | true",
        "TEXT/HTML;q=0.25 | 0.25 | true",
        "text/*;q=0.5 | 0.5 | false",
        "*/*, text/*;q=0.5 | 0.5 | false",
        "text/html;q=0, */* | 0 | true",
        "application/xhtml+xml, text/html;charset=utf-8;q=0.9 | 0.9 | true",
        "text/html;level=1, text/html;q=0.4 | 1 | true",
        "text/html-sandboxed | 0 | false",
        "image/png;note=\"text/html, text/html\" | 0 | false"
      })
  void shouldKnowWhatATypeIsWorth(String header, double weight, boolean named) {
    assertThat(new AcceptHeader(header).preference("text/html"))
        .isEqualTo(new Preference(weight, named));
  }
}
