package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownTablesTest {
  @TempDir Path folder;

  private static String text(Measurement... all) {
    return new MarkdownTables(Measured.results(all)).text();
  }

  @Test
  void shouldShowTheGoalsOnlyIfNothingWasMeasured() {
    assertThat(text())
        .isEqualTo(
            "date: 2026-11-30\n\n| # | goal | FlowFi | best peer | ratio | met |\n|---|---|---|---|---|---|\n");
  }

  @Test
  void shouldShowEveryServersFiguresAndWhatWasLost() {
    String tables =
        text(
            Measurement.of(1, "nchan", "saturation", 1000)
                .with("published_per_s", 114.2)
                .with("deliveries_per_s", 114_095)
                .with("bytes_per_delivery", 290)
                .with("expected", 1000)
                .with("delivered", 999)
                .with("server_cpu_cores", 1)
                .with("client_cpu_cores", 0.5)
                .with("other_cpu_cores", 0.0194));
    assertThat(tables)
        .contains("\nSaturation, 32 publishing connections\n\n| server |")
        .contains("\n| nchan | 1,000 | 114 | 114,095 | 290 | 99.9 % | 1 | 0.500 | 0.019 |\n");
  }

  @Test
  void shouldShowWhatWasNotMeasuredAsADash() {
    assertThat(text(Measurement.of(4, "nchan", "", 10_000).with("connects_per_s", 9000)))
        .contains("\n| nchan | 9,000 | - | 0 | 0 | - | - | - |\n");
  }

  @Test
  void shouldGiveEachRowOfATableAsManyCellsAsItsHead() {
    Latency latency = Measured.latency(1, 2, 3);
    String tables =
        text(
            Measured.own(1, "saturation", 1000).with("deliveries_per_s", 1),
            Measured.own(2, "rate", 1000).with(latency),
            Measured.own(3, "total", 1000),
            Measured.own(4, "", 1000).with("connects_per_s", 1),
            Measured.own(11, "saturation", 1000),
            Measured.own(12, "quiet", 1000),
            Measured.own(14, "any", 10).with(latency),
            Measured.own(15, "one node", 900).with("deliveries_per_s", 1),
            Measured.own(17, "embedded", 64).with(latency),
            Measured.own(18, "alone", 1000).with(latency),
            Measured.own(19, "idle", 1).with(latency));
    List<String> lines = tables.lines().toList();
    int heads = 0;
    long cells = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("|---")) {
        heads++;
        cells = bars(lines.get(i - 1));
      }
      if (lines.get(i).startsWith("|") && cells > 0 && !isHead(lines, i)) {
        assertThat(bars(lines.get(i))).as(lines.get(i)).isEqualTo(cells);
      }
    }
    assertThat(heads).as("the goals and a table for each row").isEqualTo(12);
  }

  private static boolean isHead(List<String> lines, int i) {
    return i + 1 < lines.size() && lines.get(i + 1).startsWith("|---");
  }

  private static long bars(String line) {
    return line.chars().filter(c -> c == '|').count();
  }

  @Test
  void shouldSayWhatWasLeftOutAndWhy() {
    Results results = Measured.results();
    results.skipped.put("nchan", "nginx is not installed");
    assertThat(new MarkdownTables(results).text())
        .endsWith("\nNot measured: nchan (nginx is not installed)\n");
  }

  @Test
  void shouldReplaceWhatIsBetweenTheMarksAndNothingElse() throws IOException {
    Path page = folder.resolve("benchmarks.md");
    Files.writeString(page, "before\n<!-- figures -->\nold\n<!-- figures -->\nafter\n");
    MarkdownTables.replaceIn(page, "new\n");
    MarkdownTables.replaceIn(page, "newer\n");
    assertThat(page).hasContent("before\n<!-- figures -->\n\nnewer\n\n<!-- figures -->\nafter\n");
  }

  @Test
  void shouldLeaveAPageAloneThatHasNotBothMarks() throws IOException {
    Path page = folder.resolve("other.md");
    Files.writeString(page, "<!-- figures -->\n");
    assertThatThrownBy(() -> MarkdownTables.replaceIn(page, "new\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has no two lines");
    assertThat(page).hasContent("<!-- figures -->\n");
  }
}
