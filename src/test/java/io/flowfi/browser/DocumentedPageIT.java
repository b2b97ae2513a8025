package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.EventStream;
import io.flowfi.it.HttpApi;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The page from getting-started.md, saved as it says: it works, and loses nothing when its
 * connection ends in any way.
 */
class DocumentedPageIT {
  private static final Path DOCUMENT = Path.of("docs", "getting-started.md");
  private static final Duration COMEBACK = Duration.ofSeconds(60);

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of("MAX_SSE_CONNECTIONS_PER_IP", "1")));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();

  @Test
  void shouldFollowAllStreamsOfItsUserThroughARestartAndARefusal() throws IOException {
    String text = Files.readString(DOCUMENT);
    Path pages = server.dataFolder().resolveSibling("base").resolve("webapps/ROOT");
    Files.writeString(pages.resolve("follow.html"), block("html", text));
    Files.writeString(pages.resolve("follow.js"), block("js", text));
    String user = group("users=(G[A-Z2-7]{55})", block("js", text));
    String before = create(user);
    withdraw(before, "70");

    browser.open(server.uri().resolve("follow.html"));
    awaitPage("stream " + before + ": 70");
    assertThat(browser.complaints())
        .as("only the icon it does not name")
        .allMatch(c -> c.contains("/favicon.ico"));
    String later = create(user);
    withdraw(later, "5");
    awaitPage("stream " + before + ": 70\nstream " + later + ": 5");

    browser.screenshot("documented-page");

    // the browser reconnects after a dropped connection, and is refused: it gives up for good
    browser.offline(true);
    server.stop();
    server.restart();
    String paidAtTheEnd;
    try (EventStream onlySlot = server.events().open()) {
      onlySlot.nextConnected();
      browser.offline(false);
      await("the refusal")
          .atMost(COMEBACK)
          .until(() -> browser.complaints().stream().anyMatch(c -> c.contains("429")));
      withdraw(before, "30");
      withdraw(later, "2");
      HttpApi.Answer cancelled = server.api().post("v1/streams/" + later + "/cancel", "");
      assertThat(cancelled.status()).isEqualTo(200);
      paidAtTheEnd = cancelled.json().path("withdrawnAmount").asText();
    }
    awaitPage("stream " + before + ": 100\nstream " + later + ": " + paidAtTheEnd);
  }

  private void awaitPage(String expected) {
    await(expected)
        .atMost(COMEBACK)
        .untilAsserted(
            () ->
                assertThat(browser.run("return document.getElementById('paid').textContent"))
                    .isEqualTo(expected));
  }

  private String create(String recipient) {
    return server.api().create(HttpApi.newStream(OtherClient.newAccount(), recipient));
  }

  private void withdraw(String stream, String amount) {
    assertThat(
            server
                .api()
                .post("v1/streams/" + stream + "/withdraw", HttpApi.object().put("amount", amount))
                .status())
        .isEqualTo(200);
  }

  private static String block(String language, String text) {
    return group("(?s)```" + language + "\n(.*?)```", text);
  }

  private static String group(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
