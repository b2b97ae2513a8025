package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTest {
  /** Texts of other programs are in it: logs, versions, errors. */
  @Test
  void shouldEscapeWhatOthersHaveSaid() {
    Results results = Measured.results();
    results.skipped.put("nchan", "<script>alert(1)</script> & more");
    results.profiles.put("hot <methods>", "List<String>.of & co");
    assertThat(new Report(results).html())
        .doesNotContain("<script>")
        .contains("nchan: &lt;script&gt;alert(1)&lt;/script&gt; &amp; more")
        .contains("<h2>hot &lt;methods&gt;</h2><pre>List&lt;String&gt;.of &amp; co</pre>");
  }
}
