package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of {@code docs/examples} lose and repeat nothing over restarts, and start over. */
class ExamplePagesIT {
  private static final Duration COMEBACK = Duration.ofSeconds(60);

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final OtherClient other = new OtherClient(server);

  /** The page with our client, and in a second window the one without a library. */
  @Test
  void shouldShowEveryEventOnceAndStartOverWithAnotherLog() throws IOException {
    Path pages = server.dataFolder().resolveSibling("base").resolve("webapps/ROOT");
    for (String file : List.of("page.html", "page.js", "plain.html", "plain.js")) {
      Files.copy(Path.of("docs/examples", file), pages.resolve(file));
    }
    browser.open(server.uri().resolve("page.html"));
    browser.run("window.plain = open('/plain.html')");
    await().atMost(COMEBACK).until(() -> isOpen("window") && isOpen("plain"));

    create(3);
    server.stop();
    server.restart();
    create(3);
    awaitEvents(6);
    server.kill();
    server.restart();
    create(3);
    awaitEvents(9);
    assertThat(browser.run("return document.querySelectorAll('#streams tr').length")).isEqualTo(9L);
    assertThat((String) browser.run("return document.querySelector('#streams').innerText"))
        .containsPattern("ACTIVE\\s+[1-9][0-9]+");

    server.kill();
    Files.move(server.dataFolder(), server.dataFolder().resolveSibling("data-of-the-old-log"));
    server.restart();
    create(2);
    await()
        .atMost(COMEBACK)
        .untilAsserted(
            () -> {
              assertThat(events("plain")).containsExactly(2L, 1L);
              assertThat(browser.run("return document.querySelectorAll('#streams tr').length"))
                  .isEqualTo(2L);
            });
    create(1);
    await()
        .atMost(COMEBACK)
        .untilAsserted(
            () -> {
              assertThat(events("plain")).containsExactly(3L, 2L, 1L);
              assertThat(events("window")).startsWith(3L).doesNotHaveDuplicates();
            });
  }

  private void awaitEvents(long head) {
    List<Long> newestFirst = LongStream.range(0, head).map(n -> head - n).boxed().toList();
    await()
        .atMost(COMEBACK)
        .untilAsserted(
            () -> {
              assertThat(events("window")).isEqualTo(newestFirst);
              assertThat(events("plain")).isEqualTo(newestFirst);
            });
  }

  private boolean isOpen(String window) {
    return browser
        .run("return " + window + ".document.querySelector('#status')?.textContent")
        .equals("open");
  }

  /** The positions that a window shows. */
  @SuppressWarnings("unchecked")
  private List<Long> events(String window) {
    return (List<Long>)
        browser.run(
            "return [..."
                + window
                + ".document.querySelectorAll('#events li')].map(line => parseInt(line.textContent, 10))");
  }

  private void create(int count) {
    for (int i = 0; i < count; i++) {
      other.create("example-" + i);
    }
  }
}
