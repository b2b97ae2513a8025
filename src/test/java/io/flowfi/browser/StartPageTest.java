package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.flowfi.payment.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks of the pages that need no browser. */
class StartPageTest {
  private static final Path WEBAPP = Path.of("webapp");
  private static final Pattern ADDRESS = Pattern.compile("\\b[GC][A-Z2-7]{55}\\b");

  // Under the content security policy an inline handler or style would not work, and a foreign host
  // would be unreachable.
  private static final Pattern INLINE =
      Pattern.compile(
          "(?i)\\son[a-z]+\\s*=|\\sstyle\\s*=|<style|<script(?![^>]*\\ssrc=)|javascript:|//[a-z0-9.-]+\\.(com|net|org|io)\\b");

  @Test
  void shouldShowOnlyAddressesThatValidate() throws IOException {
    var addresses = ADDRESS.matcher(read("index.html")).results().map(MatchResult::group).toList();
    assertThat(addresses).hasSizeGreaterThanOrEqualTo(3);
    assertThat(addresses)
        .allSatisfy(
            a -> assertThatCode(() -> Address.parse("address", a)).doesNotThrowAnyException());
  }

  @Test
  void shouldKeepScriptsStylesAndForeignHostsOutOfThePages() throws IOException {
    for (String page : new String[] {"index.html", "test-client.html"}) {
      assertThat(INLINE.matcher(read(page)).results().map(MatchResult::group).toList())
          .as(page)
          .isEmpty();
    }
  }

  @Test
  void shouldNeverTurnDataIntoMarkup() throws IOException {
    try (Stream<Path> scripts = Files.walk(WEBAPP)) {
      for (Path script : scripts.filter(p -> p.toString().endsWith(".js")).toList()) {
        assertThat(Files.readString(script))
            .as(script.toString())
            .doesNotContain(
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function");
      }
    }
  }

  private static String read(String page) throws IOException {
    return Files.readString(WEBAPP.resolve(page));
  }
}
