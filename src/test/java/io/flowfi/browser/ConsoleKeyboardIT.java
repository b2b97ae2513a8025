package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.EventStream;
import io.flowfi.it.HttpApi;
import io.flowfi.it.TestAddresses;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/**
 * The console without a mouse: Tab goes to everything that can be used and on again, what has the
 * focus is seen, and acts are done by keys alone.
 */
@Timeout(180)
class ConsoleKeyboardIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private static final Duration SIGHT = Duration.ofSeconds(3);

  private static String stream;

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final Keyboard keyboard = new Keyboard(browser);

  @BeforeAll
  static void createAStream() {
    stream =
        SESSION
            .server()
            .api()
            .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
  }

  private void open(String view) throws IOException {
    browser.open(URI.create("about:blank"));
    browser.open(server.uri().resolve("admin/#/" + view));
    keyboard.watch();
    await().atMost(Browser.PATIENCE).until(() -> browser.findAll("state-loading").isEmpty());
    browser.awaitText("feed", "live");
  }

  private String report(String function) {
    return keyboard.report(function);
  }

  private void goTo(String name) {
    keyboard.goTo(name);
  }

  /**
   * Opens a dialog by a key, goes to everything in it, leaves it without doing anything, and is
   * where it was before.
   */
  private void openAndLeave(String trigger) {
    for (boolean byEscape : List.of(true, false)) {
      goTo(trigger);
      final String opener = report("at");
      browser.press(byEscape ? Keys.ENTER : Keys.SPACE);
      assertThat(browser.findAll("confirm")).as("asked before " + trigger).hasSize(1);
      keyboard.goRoundTheDialog();
      if (byEscape) {
        browser.press(Keys.ESCAPE);
      } else {
        goTo("confirm-no");
        browser.press(Keys.ENTER);
      }
      await().until(() -> browser.findAll("confirm").isEmpty());
      assertThat(report("at")).as("back where it was").isEqualTo(opener);
    }
  }

  /** From the top to the end with Tab, and back again. */
  private void walk(String what) {
    report("begin");
    Set<String> stops = new LinkedHashSet<>();
    String last = "";
    int pressed = 0;
    for (; pressed < Keyboard.MOST_STOPS; pressed++) {
      browser.press(Keys.TAB);
      String at = report("at");
      // the fields of a date are several stops of one element
      if (at.isEmpty() || !at.equals(last) && !stops.add(at)) {
        break;
      }
      boolean within = at.equals(last);
      last = at;
      if (within) {
        continue; // and show themselves where they are
      }
      // a line of links on a phone takes a moment to scroll there; nothing else of hundreds does
      await("the focus at %s in %s".formatted(at, what))
          .pollDelay(Duration.ZERO)
          .atMost(SIGHT)
          .untilAsserted(() -> assertThat(report("unseen")).isEmpty());
    }
    assertThat(report("missing")).as("what Tab does not come to in " + what).isEmpty();
    assertThat(pressed).as("no trap in " + what).isLessThan(Keyboard.MOST_STOPS);
    browser.pressWithShift(Keys.TAB);
    assertThat(report("at")).as("the way back in " + what).isEqualTo(last);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"overview", "connections", "streams", "events", "audit", "nodes", "indexer"})
  void shouldComeToEverythingAndShowWhereItIs(String view) throws IOException {
    try (EventStream everything = server.events().query("all=true").open()) {
      everything.nextConnected();
      open(view);
      walk(view);
      browser.lookOnAPhone("dark");
      walk(view + " on a phone");
    } finally {
      browser.look(1440, 1200, "light");
    }
  }

  private void openFaultyIndexer() throws IOException {
    open("nodes");
    browser.run(Files.readString(Path.of("src/test/pages/faulty-indexer.js")));
    browser.awaitText("indexer-state", "stopped by a fault");
  }

  /** With everything that may be asked of an indexer. */
  @Test
  void shouldComeToWhatIsDoneWithAFaultyIndexer() throws IOException {
    openFaultyIndexer();
    walk("the indexer with a fault");
    goTo("quarantine");
    browser.press(Keys.ENTER);
    assertThat(browser.findAll("confirm")).hasSize(1);
    browser.press(Keys.ESCAPE);
    await().until(() -> browser.findAll("confirm").isEmpty());
    assertThat(report("at")).as("where it was before").contains("quarantine");
    browser.run("window.closeIndexer()");
  }

  @Test
  void shouldTellAConnectionSomethingAndCloseItWithKeysAlone() throws IOException {
    try (EventStream one = server.events().query("streams=" + stream).open()) {
      String client = one.nextConnected().json().path("clientId").asText();
      open("connections");
      goTo("search");
      browser.press(client);
      await().until(() -> browser.findAll("table-row").size() == 1);

      goTo("Message " + client);
      browser.press(Keys.ENTER);
      browser.press("Back at noon");
      goTo("confirm-yes");
      browser.press(Keys.ENTER);
      assertThat(one.nextEvent("notice").json().path("message").asText()).isEqualTo("Back at noon");
      await().until(() -> report("at").contains("Message " + client));

      goTo("Close " + client);
      browser.press(Keys.SPACE);
      assertThat(browser.findAll("confirm")).hasSize(1);
      goTo("confirm-yes");
      browser.press(Keys.ENTER);
      assertThat(one.nextEvent("reconnect").json().path("reason").asText()).isEqualTo("rotation");
      await().until(() -> browser.findAll("table-row").isEmpty());
      assertThat(report("at")).as("not lost with the row").isNotEmpty();
    }
  }

  /** Of what nobody may do by mistake; and of what is for everybody. */
  @Test
  void shouldOpenAndLeaveEveryDialogWithKeysAlone() throws IOException {
    open("connections");
    openAndLeave("message-all");
    open("nodes");
    openAndLeave("drain");
    openFaultyIndexer();
    openAndLeave("quarantine");
    openAndLeave("repair-7");
    goTo("field-from_ledger");
    browser.press("100");
    openAndLeave("replay");
    goTo("field-ledger");
    browser.press("200");
    openAndLeave("reset");
    assertThat(browser.run("return window.asked.length")).as("nothing was done").isEqualTo(0L);
    browser.run("window.closeIndexer()");
  }

  /**
   * A view asks the server again while a question is open, and draws its buttons with the answer.
   */
  @Test
  void shouldComeBackToAButtonThatWasDrawnAnew() throws IOException {
    openFaultyIndexer();
    goTo("repair-7");
    final String opener = report("at");
    browser.run("window.asking = document.activeElement");
    browser.press(Keys.ENTER);
    browser.run("drift.drifts[0].differences[0].here = '4'");
    browser.run("document.dispatchEvent(new Event('visibilitychange'))");
    await().until(() -> browser.run("return window.asking.isConnected").equals(false));
    browser.press(Keys.ESCAPE);
    await().until(() -> browser.findAll("confirm").isEmpty());
    assertThat(report("at")).isEqualTo(opener);
    browser.run("window.closeIndexer()");
  }

  /** Presses a button whose answer waits, until the browser has taken the focus from it. */
  private String pressAndWait(String button) {
    goTo(button + " <button");
    final String opener = report("at");
    browser.run("answers.hold(); window.pressed = document.activeElement");
    browser.press(Keys.ENTER);
    await().until(() -> (Long) browser.run("return answers.waiting()") > 0);
    browser.run(
        "return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    return opener;
  }

  private void awaitFocus(String where) {
    await().untilAsserted(() -> assertThat(report("at")).contains(where));
  }

  /** Where the focus is while there is more, and when there is no more of it. */
  private void readOn(String button, String atTheEnd) {
    String opener = pressAndWait(button);
    browser.run("answers.release(true)");
    awaitFocus(opener);
    pressAndWait(button);
    browser.run("answers.release(false)");
    awaitFocus(atTheEnd);
    browser.run("answers.release(true)");
  }

  private void goOnTo(String place, String button) {
    browser.run("location.hash = arguments[0]", "#/" + place);
    await().until(() -> browser.find(button).isDisplayed() && browser.find(button).isEnabled());
  }

  /** A browser takes the focus from a button that is disabled, hidden or removed. */
  @Test
  void shouldStayAtAButtonThatWorksOrGoToWhatItLedTo() throws IOException {
    try (EventStream everything = server.events().query("all=true").lastEventId("0").open()) {
      everything.awaitEvent("stream.created");
      open("overview");
      browser.run(Files.readString(Path.of("src/test/pages/held-answers.js")));

      browser.run("answers.release(true, true)");
      goOnTo("streams", "again");
      pressAndWait("again");
      browser.run("answers.release(true, true)");
      await().until(() -> browser.run("return window.pressed.isConnected").equals(false));
      assertThat(report("at")).as("to try once more").contains("again <button");
      pressAndWait("again");
      browser.run("answers.release(true)");
      awaitFocus("table <div");
      readOn("more", "row ");
      goTo("row ");
      browser.press(Keys.ENTER);
      awaitFocus("Stream ");
      pressAndWait("stream-events");
      browser.run("answers.release(true)");
      awaitFocus("Events of stream ");

      goOnTo("events/at/1", "more");
      final String later = pressAndWait("more");
      browser.run("answers.release(true)");
      awaitFocus(later);
      goTo("live <button");
      browser.press(Keys.ENTER);
      awaitFocus("pause <button");

      goOnTo("audit/event/1", "further");
      readOn("further", "Connections that were sent it");
      readOn("more", "row ");

      goOnTo("nodes", "bundle");
      final String bundle = pressAndWait("bundle");
      browser.run("answers.release(true)");
      awaitFocus(bundle);
      goTo("notice-dismiss");
      browser.press(Keys.SPACE);
      await().until(() -> browser.findAll("notice").isEmpty());
      assertThat(report("at")).as("not lost with the notice").isNotEmpty();
    }
  }

  /** Somebody else has done it, or it has come to its end. */
  @Test
  void shouldNotLoseTheFocusWithAnActOfAnIndexerThatIsOfNoUseAnyMore() throws IOException {
    openFaultyIndexer();
    final String askAgain = ";document.dispatchEvent(new Event('visibilitychange'))";
    browser.run(
        "indexer.replay = {running: true, fromLedger: 1, atLedger: 2, throughLedger: 3,"
            + " applied: 0, known: 0, unreadable: 0}"
            + askAgain);
    await().until(() -> browser.find("replay-cancel").isDisplayed());
    goTo("replay-cancel");
    browser.run("indexer.replay.running = false" + askAgain);
    await().until(() -> !browser.find("replay-cancel").isDisplayed());
    assertThat(report("at")).as("beside it").contains("replay <button");

    goTo("quarantine");
    browser.run("indexer.fault = null" + askAgain);
    await().until(() -> !browser.find("indexer-fault").isDisplayed());
    assertThat(report("at")).as("where the keyboard begins").contains("title");
    browser.run("window.closeIndexer()");
  }

  @Test
  void shouldSortATableWithKeysAloneAndStayWhereItIs() throws IOException {
    open("streams");
    await().until(() -> !browser.findAll("table-row").isEmpty());
    goTo("sort-");
    String header = report("at");
    String before = report("sorted");
    browser.press(Keys.ENTER);
    await().untilAsserted(() -> assertThat(report("sorted")).isNotEqualTo(before));
    String once = report("sorted");
    browser.press(Keys.SPACE);
    await().untilAsserted(() -> assertThat(report("sorted")).isNotEqualTo(once));
    assertThat(report("at")).isEqualTo(header);
  }

  /** From a row of the table to its details and to those who were sent it. */
  @Test
  void shouldFollowAnEventWithKeysAlone() throws IOException {
    server.api().post("v1/streams/" + stream + "/pause", "");
    server.api().post("v1/streams/" + stream + "/resume", "");
    open("events");
    await().until(() -> browser.findAll("table-row").size() >= 3);
    goTo("row");
    String first = report("at");
    browser.press(Keys.ARROW_DOWN);
    String second = report("at");
    assertThat(second).as("the row below").startsWith("row").isNotEqualTo(first);
    browser.press(Keys.HOME);
    assertThat(report("at")).isEqualTo(first);
    browser.press(Keys.END);
    assertThat(report("at")).isNotEqualTo(first);
    browser.press(Keys.ENTER);
    await().until(() -> !browser.findAll("event-detail").isEmpty());
    goTo("who-was-sent");
    browser.press(Keys.ENTER);
    browser.awaitText("title", "Audit");
    assertThat(report("at")).as("a new view begins at its title").contains("title");
  }

  @Test
  void shouldJumpToAPlaceInTheLogAndBackWithKeysAlone() throws IOException {
    open("events");
    goTo("field-place");
    browser.press("last Tuesday");
    browser.press(Keys.ENTER);
    browser.awaitText("events-note", note -> note.contains("2026-11-29 17:30"), "what it may be");
    assertThat(report("at")).as("to be put right").contains("field-place");
    assertThat(browser.find("field-place").getDomAttribute("aria-invalid")).isEqualTo("true");
    browser.press(Keys.BACK_SPACE.toString().repeat(16));
    browser.press("2020-01-31 08:00");
    browser.press(Keys.ENTER);
    browser.awaitText(
        "events-note", note -> note.startsWith("Past events, positions 1 to "), "from a time");
    browser.press(Keys.BACK_SPACE.toString().repeat(16));
    browser.press("999999");
    browser.press(Keys.ENTER);
    browser.awaitText("events-note", note -> note.startsWith("No event is there"), "past the end");
    goTo("live");
    browser.press(Keys.ENTER);
    browser.awaitText("follows", "live");
  }

  @Test
  void shouldOpenAStreamWithKeysAlone() throws IOException {
    open("streams");
    await().until(() -> !browser.findAll("table-row").isEmpty());
    goTo("row");
    browser.press(Keys.ENTER);
    browser.awaitText("stream-detail", text -> text.startsWith("Stream "), "a stream");
    assertThat(report("at")).contains("Stream ");
    walk("a stream");
    goTo("stream-events");
    browser.press(Keys.ENTER);
    await().until(() -> !browser.findAll("stream-events-table").isEmpty());
  }

  /** The details stay while others are looked for, and then there is no row to come back to. */
  @ParameterizedTest
  @CsvSource({"events, type, stream.completed", "streams, status, COMPLETED"})
  void shouldNotLoseTheFocusWithDetailsWhoseRowIsGone(String view, String filter, String other)
      throws IOException {
    open(view);
    await().until(() -> !browser.findAll("table-row").isEmpty());
    goTo("row");
    browser.press(Keys.ENTER);
    await().until(() -> !browser.findAll("detail-close").isEmpty());
    browser.run(
        "const choice = document.querySelector(`[data-testid=field-${arguments[0]}]`);"
            + " choice.value = arguments[1]; choice.dispatchEvent(new Event('change'))",
        filter,
        other);
    await().until(() -> browser.findAll("table-row").isEmpty());
    goTo("detail-close");
    browser.press(Keys.ENTER);
    awaitFocus("table <div");
  }
}
