package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.it.TomcatServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;

class StartPageIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private final TomcatServer server = SESSION.server();
  private final OtherClient other = new OtherClient(server);
  private final Browser browser = SESSION.browser();

  @Test
  void shouldShowTheStatusOfThisServer() {
    other.create("start-page");
    browser.open(server.uri());

    browser.awaitText("health-pill", "up");
    browser.awaitText("fact-head", head -> head.matches("[1-9][0-9,]*"), "a position");
    browser.awaitText("fact-connections", "0 of 10,000");
    assertThat(browser.text("fact-mode")).isEqualTo("open");
    browser.awaitText(
        "open-mode",
        banner -> banner.startsWith("Open mode:") && banner.contains("No proxy and no tunnel"),
        "the banner");
    assertThat(browser.complaints()).isEmpty();

    browser.look(1280, 1900, "light");
    browser.screenshot("start-light");
    browser.look(1280, 1900, "dark");
    browser.screenshot("start-dark");
    browser.look(500, 2200, "light");
    browser.screenshot("start-narrow");
    assertThat(sidewaysScroll()).isLessThanOrEqualTo(0);
  }

  @Test
  void shouldSayOnTheTestClientTooThatTheServerIsInOpenMode() {
    browser.open(server.uri().resolve("test-client.html"));
    browser.awaitText("open-mode", banner -> banner.startsWith("Open mode:"), "the banner");
  }

  @Test
  void shouldOfferCommandsForTheServerThatServedIt() {
    browser.open(server.uri());

    String origin = server.uri().toString();
    assertThat(browser.text("curl-subscribe"))
        .contains("'" + origin + "v1/events/subscribe?all=true'");
    assertThat(browser.text("curl-create")).contains("'" + origin + "v1/streams'");
    assertThat(browser.text("curl-read")).contains("'" + origin + "v1/events?");
  }

  @Test
  void shouldLinkOnlyToWhatIsThere() {
    browser.open(server.uri());

    List<String> links =
        browser.find("status").findElements(By.xpath("//a[@href]")).stream()
            .map(a -> a.getAttribute("href"))
            .filter(href -> !href.contains("#"))
            .distinct()
            .toList();
    assertThat(links).hasSizeGreaterThan(4);
    assertThat(links)
        .allSatisfy(
            link ->
                assertThat(other.statusOf(URI.create(link).getRawPath())).as(link).isEqualTo(200));
  }

  private long sidewaysScroll() {
    return (Long)
        browser.run(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }
}
