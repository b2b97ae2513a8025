package io.flowfi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What people read is in common words: forever, anonymous, must. */
class PlainWordsTest {
  private static final Pattern QUAINT =
      Pattern.compile(
          "\\b(shall|for ever|strangers?|eternal(ly)?|whilst|thence|whence|lest|hitherto|henceforth"
              + "|hence|thereof|thereby|wherein|therein|aforesaid|n[ao]ught|betwixt|unto|behest)\\b",
          Pattern.CASE_INSENSITIVE);

  private static List<Path> files(String folder, String endings) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files
          .filter(file -> file.toString().matches(".*\\.(" + endings + ")"))
          .filter(file -> !file.toString().contains("vendor"))
          .toList();
    }
  }

  @Test
  void shouldBeAllThereAre() throws IOException {
    List<Path> texts = new ArrayList<>(files("src/main", "java|yaml|sh|sql"));
    texts.addAll(files("docs", "md|html|yml"));
    texts.addAll(files("webapp", "js|html"));
    texts.add(Path.of("README.md"));
    assertThat(texts).hasSizeGreaterThan(500);
    List<String> quaint = new ArrayList<>();
    for (Path text : texts) {
      for (String line : Files.readAllLines(text)) {
        if (QUAINT.matcher(line).find()) {
          quaint.add(text + ": " + line.strip());
        }
      }
    }
    assertThat(quaint).isEmpty();
  }
}
