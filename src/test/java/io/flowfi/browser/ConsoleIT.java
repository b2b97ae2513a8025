package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.it.TomcatServer;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The console of the administrators, with a real server and a real browser. */
@Timeout(120)
class ConsoleIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();

  @BeforeEach
  void forgetComplaints() {
    browser.complaints();
  }

  @AfterEach
  void shouldHaveComplainedOfNothing() {
    assertThat(browser.complaints()).isEmpty();
  }

  /** Opens a view: {@code streams}, {@code streams/42}. */
  private void open(String view) {
    // another address first: the same one with another hash would not be loaded again
    browser.open(URI.create("about:blank"));
    browser.open(server.uri().resolve("admin/#/" + view));
  }

  @ParameterizedTest
  @CsvSource({
    "overview, Overview",
    "connections, Connections",
    "streams, Streams",
    "events, Events",
    "audit, Audit",
    "indexer, Indexer",
    "nodes, Nodes"
  })
  void shouldOpenEachViewByItsAddress(String view, String title) {
    open(view);

    browser.awaitText("title", title);
    assertThat(browser.run("return document.title"))
        .isEqualTo(title + " · Console · FlowFi Events");
    assertThat(browser.find("nav-" + view).getAttribute("aria-current")).isEqualTo("page");
  }
}
