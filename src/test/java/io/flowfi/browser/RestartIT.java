package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.StalledSubscribers;
import io.flowfi.it.TomcatServer;
import io.flowfi.servers.Signal;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A restart of the server, seen from a browser that stays open: it reconnects by itself, and
 * nothing is lost.
 */
class RestartIT {
  private static final Duration COMEBACK = Duration.ofSeconds(60);

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private final TomcatServer server = SESSION.server();
  private final OtherClient other = new OtherClient(server);
  private final Browser browser = SESSION.browser();

  @Test
  void shouldComeBackByItselfWithNothingLost() {
    browser.open(server.uri().resolve("test-client.html?all=true&connect=true"));
    browser.awaitText("state", "open");
    browser.complaints(); // of the page before this one
    List<String> created = new ArrayList<>();
    create(created, "before", 3);
    browser.awaitEvent("before-2");

    browser.offline(true);
    server.stop();
    server.restart();
    create(created, "while-away", 10);
    assertThat(browser.references()).as("the browser is away").hasSize(3);
    browser.offline(false);

    await("all events on the page")
        .atMost(COMEBACK)
        .untilAsserted(() -> assertThat(browser.references()).hasSameSizeAs(created));
    create(created, "later", 3);
    browser.awaitEvent("later-2");

    assertThat(browser.references()).containsExactlyElementsOf(newestFirst(created));
    browser.awaitText("state", "open");
    browser.awaitText("gap-word", "no gaps");
    browser.awaitText("replayed", "10");
    // it notices that the network is back, and does not wait for the browser's own retry
    assertThat(browser.text("replayed-note")).contains("by the page");
    assertThat(browser.complaints())
        .as("only the browser's own words on the outage")
        .allMatch(
            c ->
                c.contains("/v1/events/subscribe")
                    && (c.contains("net::ERR_") || c.contains("503")));
    browser.screenshot("test-client-after-restart");
  }

  /**
   * The server is stopped: the connection is open, but nobody answers. That also happens after a
   * sleep, or when a router has forgotten the connection.
   */
  @Test
  void shouldNotTakeADeadConnectionForAnOpenOne() throws Exception {
    browser.open(server.uri().resolve("test-client.html?all=true&connect=true"));
    browser.awaitText("state", "open");
    other.create("before-the-silence");
    browser.awaitEvent("before-the-silence");

    Signal.STOP.send(server.pid());
    try {
      // a minute passes for the page, as it does in a sleep
      browser.run("const now = Date.now; Date.now = () => now() + 60_000");
      browser.awaitText("state", state -> !state.equals("open"), "not open");
      browser.screenshot("test-client-silence");
    } finally {
      Signal.CONT.send(server.pid());
    }
    other.create("after-the-silence");
    browser.awaitEvent("after-the-silence");
    browser.awaitText("state", "open");
    assertThat(browser.references()).containsExactly("after-the-silence", "before-the-silence");
    browser.awaitText("gap-word", "no gaps");
  }

  /** A new data folder has other events at the positions that the page knows. */
  @Test
  void shouldStartOverWithAnotherLog() throws Exception {
    // a short log: the page keeps only the latest rows, and the note about it is one of them
    restartWithoutData("data-of-other-tests");
    browser.open(server.uri().resolve("test-client.html?all=true&connect=true"));
    browser.awaitText("state", "open");
    for (int i = 0; i < 3; i++) {
      other.create("old-" + i);
    }
    browser.awaitEvent("old-2");
    int before = Integer.parseInt(browser.text("last-seq").substring(1).replace(",", ""));

    restartWithoutData("data-of-the-old-log");
    // beyond the page's position: the server alone could not notice it
    for (int i = 0; i < before + 2; i++) {
      other.create("new-" + i);
    }

    browser.awaitText("event-rows", rows -> rows.contains("another log"), "a word on it");
    browser.awaitText("state", "open");
    other.create("afterwards");
    browser.awaitEvent("afterwards");
    assertThat(browser.references())
        .as("nothing of the old one")
        .noneMatch(r -> r.startsWith("old"));
    browser.awaitText("gap-word", "no gaps");
    browser.screenshot("test-client-another-log");
  }

  private void restartWithoutData(String keptAs) throws Exception {
    server.stop();
    Files.move(server.dataFolder(), server.dataFolder().resolveSibling(keptAs));
    server.restart();
  }

  /** Without our page: the browser's plain EventSource, its own retry and its own Last-Event-ID. */
  @Test
  void shouldResumeAPlainEventSource() {
    openPlainEventSource("all=true");
    List<String> created = new ArrayList<>();
    create(created, "plain", 2);
    await().atMost(COMEBACK).until(() -> received().size() == 2);

    server.stop();
    server.restart();
    create(created, "right-after", 5);

    await("the events since the restart")
        .atMost(COMEBACK)
        .until(() -> received().size() >= created.size());
    assertThat(received().stream().map(line -> line.split(" ", 2)[1]))
        .containsExactlyElementsOf(created);
    List<Long> positions =
        received().stream().map(line -> Long.valueOf(line.split("[.]", 2)[0])).toList();
    for (int i = 1; i < positions.size(); i++) {
      assertThat(positions.get(i)).isEqualTo(positions.get(i - 1) + 1);
    }
    assertThat(browser.run("return opens")).isEqualTo(2L);
    browser.run("source.close()");
  }

  /**
   * A slow stop refuses new connections meanwhile, and a refusal ends a plain EventSource: so it
   * must have been told to wait longer.
   */
  @Test
  void shouldResumeAPlainEventSourceAfterALongStop() {
    String account = OtherClient.newAccount();
    openPlainEventSource("users=" + account);
    try (StalledSubscribers stalled = StalledSubscribers.at(server)) {
      long begin = System.nanoTime();
      server.stop();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(2));
    }
    server.restart();
    other.create(account, OtherClient.newAccount(), "after the long stop");

    await().atMost(COMEBACK).until(() -> received().size() == 1);
    assertThat(browser.run("return opens")).isEqualTo(2L);
    browser.run("source.close()");
  }

  /** Of other events at the same positions: the id that the browser sends names its log. */
  @Test
  void shouldTellAPlainEventSourceThatTheLogIsAnother() throws Exception {
    openPlainEventSource("all=true");
    List<String> created = new ArrayList<>();
    create(created, "of-the-old-log", 2);
    await().atMost(COMEBACK).until(() -> received().size() == 2);
    int before = Integer.parseInt(received().get(1).split("[.]", 2)[0]);

    browser.offline(true);
    restartWithoutData("data-of-a-plain-event-source");
    // beyond its position, which alone would not show that it is of another log
    create(new ArrayList<>(), "of-the-new-log", before + 2);
    browser.offline(false);

    await("the reset")
        .atMost(COMEBACK)
        .until(() -> browser.run("return resets").equals(List.of("unknown_position")));
    create(created, "afterwards", 1);
    await().atMost(COMEBACK).until(() -> received().size() >= created.size());
    assertThat(received().stream().map(line -> line.split(" ", 2)[1]))
        .as("no replay from a position of the old log")
        .containsExactlyElementsOf(created);
    browser.run("source.close()");
  }

  private void openPlainEventSource(String query) {
    browser.open(server.uri());
    browser.run(
        "window.got = []; window.opens = 0;"
            + "window.source = new EventSource('/v1/events/subscribe?"
            + query
            + "');"
            + "source.onopen = () => { opens++; };"
            + "window.resets = [];"
            + "source.addEventListener('reset', e => resets.push(JSON.parse(e.data).reason));"
            + "source.addEventListener('stream.created', e =>"
            + "  got.push(e.lastEventId + ' ' + JSON.parse(e.data).reference));");
    await().atMost(COMEBACK).until(() -> browser.run("return opens").equals(1L));
  }

  private void create(List<String> created, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      String reference = prefix + "-" + i;
      other.create(reference);
      created.add(reference);
    }
  }

  @SuppressWarnings("unchecked")
  private List<String> received() {
    return (List<String>) browser.run("return got");
  }

  private static List<String> newestFirst(List<String> oldestFirst) {
    List<String> reversed = new ArrayList<>(oldestFirst);
    java.util.Collections.reverse(reversed);
    return reversed;
  }
}
