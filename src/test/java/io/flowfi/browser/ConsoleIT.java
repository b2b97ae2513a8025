package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.EventStream;
import io.flowfi.it.HttpApi;
import io.flowfi.it.NodeProject;
import io.flowfi.it.TestAddresses;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The console of the administrators, with a real server and a real browser. */
@Timeout(120)
class ConsoleIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private static final List<String> VIEWS =
      List.of("overview", "connections", "streams", "events", "audit", "indexer", "nodes");

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

  /** By WCAG 2.2 AA and what axe-core knows beyond: in both colours, and on a phone. */
  @Test
  void shouldHaveNoBarriersInAnyView() throws Exception {
    create();
    open("overview");
    browser.run(axe());
    for (String view : VIEWS) {
      browser.click("nav-" + view); // the first one is open already
      browser.awaitText(
          "title", Pattern.compile(view, Pattern.CASE_INSENSITIVE).asMatchPredicate(), view);
      await().atMost(Browser.PATIENCE).until(() -> browser.findAll("state-loading").isEmpty());
      if (!view.equals("overview")) {
        assertThat(browser.run("return document.activeElement.id")).isEqualTo("title");
      }
      browser.look(1440, 1200, "light");
      assertThat(barriers()).as(view).isEmpty();
      browser.screenshot("console-" + view);
      browser.lookOnAPhone("dark");
      assertThat(barriers()).as(view + " on a phone, dark").isEmpty();
      assertThat(
              browser.run(
                  "return document.documentElement.scrollWidth -"
                      + " document.documentElement.clientWidth"))
          .as("nothing of " + view + " is beside the screen")
          .isEqualTo(0L);
      browser.screenshot("console-" + view + "-phone");
      browser.look(1440, 1200, "light");
    }
  }

  private static String axe() throws Exception {
    NodeProject packages =
        NodeProject.install(Path.of("src/test/pages"), "whether everybody can use the console");
    return Files.readString(packages.folder().resolve("node_modules/axe-core/axe.min.js"));
  }

  /** In both colours. */
  private void assertNoBarriers(String what) {
    for (String scheme : List.of("dark", "light")) {
      browser.prefer(scheme);
      assertThat(barriers()).as(what + ", " + scheme).isEmpty();
    }
  }

  /** What is open now, which is closed again. */
  private void assertNoBarriersInDialog(String what) {
    assertThat(browser.findAll("confirm")).as(what).hasSize(1);
    assertNoBarriers("the question before " + what);
    browser.click("confirm-no");
    await().until(() -> browser.findAll("confirm").isEmpty());
  }

  /** Another view of the page that is open: what was put into the page stays. */
  private void go(String view) {
    browser.run("location.hash = '#/' + arguments[0]", view);
  }

  /** Rows, details and dialogs: an idle node has none of them. */
  @Test
  void shouldHaveNoBarriersWhereSomethingHappens() throws Exception {
    try (EventStream everything = server.events().query("all=true").open()) {
      String client = everything.nextConnected().json().path("clientId").asText();
      String stream = create();
      String event = everything.nextEvent("stream.created").position();
      open("connections");
      browser.run(axe());
      browser.awaitText("table", text -> text.contains(client.substring(0, 8)), "the connection");
      assertNoBarriers("the connections");
      browser.run("document.querySelector('[data-action=\"0\"]').click()");
      assertNoBarriersInDialog("a message");
      browser.run("document.querySelector('[data-action=\"1\"]').click()");
      assertNoBarriersInDialog("the end of a connection");

      go("streams/" + stream);
      browser.awaitText("stream-detail", text -> text.startsWith("Stream " + stream), "it");
      browser.click("stream-events");
      browser.awaitText("stream-events-table", text -> text.contains("stream.created"), "events");
      assertNoBarriers("a stream");

      go("events/at/" + event);
      browser.awaitText("events-note", text -> text.startsWith("Past events"), "the past");
      browser.run("document.querySelector('[data-key=\"" + event + "\"]').focus()");
      browser.press(Keys.ENTER);
      await().until(() -> !browser.findAll("event-detail").isEmpty());
      assertNoBarriers("an event");
      browser.click("who-was-sent");
      browser.awaitText("told", text -> text.contains("was sent on"), "who was sent it");
      assertNoBarriers("who was sent an event");

      go("nodes");
      browser.awaitText("drain-state", "gets traffic");
      browser.click("drain");
      assertNoBarriersInDialog("a drain");
      browser.run(Files.readString(Path.of("src/test/pages/faulty-indexer.js")));
      browser.awaitText("indexer-state", "stopped by a fault");
      assertNoBarriers("a fault of the indexer");
      browser.click("quarantine");
      assertNoBarriersInDialog("a quarantine");
      browser.type("field-ledger", "130");
      browser.click("reset");
      assertNoBarriersInDialog("a reset");
      browser.type("field-from_ledger", "100");
      browser.click("replay");
      assertNoBarriersInDialog("a replay");
      browser.click("repair-7");
      assertNoBarriersInDialog("a repair");
      browser.run("window.closeIndexer()");
    }
  }

  /** Every view whose requests fail, and what an act says that fails. */
  @Test
  void shouldHaveNoBarriersInAnyError() throws Exception {
    open("overview");
    browser.awaitText("feed", "live");
    browser.run(axe());
    browser.run(
        "window.fetch = async () => new Response(JSON.stringify({title: 'Internal server error',"
            + " status: 500, detail: 'it creaks', requestId: 'r-1'}),"
            + " {status: 500, headers: {'Content-Type': 'application/problem+json'}})");
    for (String view : List.of("connections", "streams", "indexer", "nodes")) {
      go(view);
      await(view).atMost(Browser.PATIENCE).until(() -> !browser.findAll("state-failed").isEmpty());
      assertNoBarriers("the error of " + view);
    }
    browser.run(
        "window.fetch = async () => new Response(JSON.stringify({title: 'Forbidden', status: 403,"
            + " detail: 'not for you'}),"
            + " {status: 403, headers: {'Content-Type': 'application/problem+json'}})");
    go("connections");
    await().atMost(Browser.PATIENCE).until(() -> !browser.findAll("state-forbidden").isEmpty());
    assertNoBarriers("what is for administrators only");
  }

  private List<?> barriers() {
    return (List<?>)
        browser.run(
            "return axe.run().then(({violations}) => violations.map(({id, nodes}) => id + ': ' +"
                + " nodes.map(({target, failureSummary}) => target + ' ' + failureSummary).join(';"
                + " ')))");
  }

  @Test
  void shouldShowWhatHappensNowAndGoOnAfterARestart() throws Exception {
    open("overview");
    browser.awaitText("feed", "live");
    await().atMost(Browser.PATIENCE).until(() -> browser.findAll("plot").size() == 5);
    try (EventStream everything = server.events().query("all=true").open()) {
      everything.nextConnected();
      create();
      String position = everything.nextEvent("stream.created").position();
      browser.awaitText("tile-log", String.format(Locale.UK, "%,d", Long.parseLong(position)));
      browser.awaitText(
          "plot", Pattern.compile("everything 1 [0-9]").asPredicate(), "with one connection now");
      browser.awaitText("tile-connections", "1");
      browser.awaitText("tiles", text -> text.contains(", and 1 console"), "with this console");
    }
    browser.awaitText("closes", text -> text.contains("client gone"), "its end");
    browser.awaitText("ready", "ready");
    assertThat(browser.complaints()).isEmpty();

    browser.run(axe());
    server.stop();
    browser.awaitText("feed", "offline");
    assertThat(browser.text("stale")).startsWith("Offline since");
    assertNoBarriers("the overview while the server is away");
    server.restart();
    browser.run("dispatchEvent(new Event('online'))"); // it need not wait for its turn
    browser.awaitText("feed", "live");
    assertThat(browser.findAll("stale")).isEmpty();
    create();
    assertThat(browser.complaints()).allMatch(line -> line.contains("net::ERR_"));
  }

  /** From the table of streams to its events, live and past, and to those who were sent one. */
  @Test
  void shouldShowAStreamItsEventsAndWhoWasSentThem() {
    try (EventStream everything = server.events().query("all=true").open()) {
      String client = everything.nextConnected().json().path("clientId").asText();
      open("events");
      browser.awaitText("follows", "live");
      String stream = create();
      String event = everything.nextEvent("stream.created").position();
      browser.awaitText("table", text -> text.contains(stream), "with the new stream's event");

      browser.click("pause");
      create();
      String later = "[data-key='" + everything.nextEvent("stream.created").position() + "']";
      browser.awaitText("events-note", "Paused; 1 new");
      assertThat(browser.count(By.cssSelector(later))).isZero();
      browser.click("pause");
      await().until(() -> browser.count(By.cssSelector(later)) == 1);

      browser.run("document.querySelector('[data-key=\"" + event + "\"]').focus()");
      browser.find("table").findElement(By.cssSelector(":focus")).sendKeys(Keys.ENTER);
      assertThat(browser.text("event-detail")).contains("stream.created", "depositedAmount");
      browser.click("who-was-sent");
      browser.awaitText("told", text -> text.contains("was sent on"), "who was sent it");
      assertThat(browser.text("deliveries-table"))
          .contains(client.substring(0, 8), "all=true", "still open");
      browser.awaitText("table", text -> text.contains("POST /v1/streams"), "the commands");

      open("streams");
      browser.awaitText(
          "streams-count", Pattern.compile("[0-9,]+ streams?").asMatchPredicate(), "all");
      browser.type("field-search", stream);
      await().until(() -> browser.findAll("table-row").get(0).getText().startsWith(stream));
      open("streams/" + stream);
      browser.awaitText("stream-detail", text -> text.startsWith("Stream " + stream), "it");
      String claimable = browser.text("stream-facts");
      browser.awaitText("stream-facts", text -> !text.equals(claimable), "a second later");
      browser.click("stream-events");
      browser.awaitText("stream-events-table", text -> text.contains("stream.created"), "events");
      server.api().post("v1/streams/" + stream + "/pause", "");
      browser.awaitText("stream-detail", text -> text.contains("paused"), "paused");

      open("events/at/" + event);
      browser.awaitText("events-note", text -> text.startsWith("Past events"), "the past");
      assertThat(browser.findAll("table-row")).hasSize(3);
      browser.click("live");
      browser.awaitText("follows", "live");

      open("nodes");
      browser.awaitText("nodes-table", text -> text.contains("this one"), "this node");
      open("indexer");
      browser.awaitText("state-empty", text -> text.contains("SOROBAN_RPC_URL"), "the way to one");
    }
  }

  private String create() {
    return server
        .api()
        .create(HttpApi.newStream(TestAddresses.account(1), TestAddresses.account(2)));
  }

  /** The answers are the test's own: a chain with such a fault would take longer than all else. */
  @Test
  void shouldSayWhatAnActOnTheIndexerLeadsToBeforeItIsDone() throws IOException {
    open("nodes");
    browser.awaitText("nodes-table", text -> text.contains("this one"), "loaded");
    browser.run(Files.readString(Path.of("src/test/pages/faulty-indexer.js")));
    browser.awaitText("indexer-state", "stopped by a fault");

    browser.click("quarantine");
    String event = "0005302420000000001-0000000003";
    assertThat(browser.text("confirm")).contains(event, "protocol.event_quarantined");
    assertThat(browser.find("confirm-yes").isEnabled()).isFalse();
    browser.type("confirm-name", event);
    browser.click("confirm-yes");
    awaitAsked("POST v1/admin/indexer/quarantine {\"id\":\"" + event + "\"}");

    browser.type("field-ledger", "130");
    browser.click("reset");
    assertThat(browser.text("confirm")).contains("120 to 129", "server refuses");
    browser.click("confirm-no");
    await().until(() -> browser.findAll("confirm").isEmpty());
    browser.click("field-acceptGap");
    browser.click("reset");
    assertThat(browser.text("confirm"))
        .contains("120 to 129", "protocol.history_gap", "unverified");
    browser.type("confirm-name", "130");
    browser.click("confirm-yes");
    awaitAsked("POST v1/admin/indexer/reset {\"ledger\":130,\"acceptGap\":true}");

    browser.type("field-from_ledger", "100");
    browser.click("replay");
    assertThat(browser.text("confirm")).contains("20 ledgers", "up to 119");
    browser.click("confirm-yes");
    awaitAsked("POST v1/admin/indexer/replay?from_ledger=100 {}");

    browser.click("repair-7");
    assertThat(browser.text("confirm")).contains("withdrawn: 5 becomes 6", "stream.reconciled");
    browser.type("confirm-name", "7");
    browser.click("confirm-yes");
    awaitAsked("POST v1/admin/indexer/reconcile/7 {}");
    assertThat((List<?>) browser.run("return window.asked")).hasSize(4);
    browser.run("window.closeIndexer()");
  }

  /**
   * An answer comes between the press and the release: the click would be lost with its button. It
   * acts on what was pressed, and what is new is shown after it.
   */
  @Test
  void shouldTakeAClickThatAnAnswerComesInto() throws IOException {
    open("nodes");
    browser.awaitText("nodes-table", text -> text.contains("this one"), "loaded");
    browser.run(Files.readString(Path.of("src/test/pages/faulty-indexer.js")));
    browser.awaitText("indexer-drifts", text -> text.contains("withdrawn"), "a drift");
    browser.pressDown(browser.find("repair-7"));
    browser.run(
        "drift.drifts = [{...drift.drifts[0], differences: [...drift.drifts[0].differences,"
            + " {with: 'events', field: 'status', here: 'PAUSED', there: 'ACTIVE'}]}]");
    browser.run(
        "document.dispatchEvent(new Event('visibilitychange'));"
            + " return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))");
    assertThat(browser.text("indexer-drifts")).as("while it is pressed").doesNotContain("PAUSED");
    browser.letGo();
    browser.awaitText(
        "confirm", text -> text.contains("withdrawn: 5 becomes 6"), "what it is about");
    browser.awaitText("indexer-drifts", text -> text.contains("PAUSED"), "another difference");
    browser.click("confirm-no");
    browser.run("window.closeIndexer()");
  }

  @Test
  void shouldTakeTheNodeOutOfTheTrafficAndBackAndGiveASupportBundle() {
    open("nodes");
    browser.awaitText("drain-state", "gets traffic");

    browser.click("drain");
    assertThat(browser.text("confirm"))
        .contains("is not ready from then on", "No other node of this log lives");
    browser.type("field-seconds", "601");
    assertThat(browser.find("confirm-yes").isEnabled()).isFalse();
    browser.type("field-seconds", "0");
    browser.click("confirm-yes");
    browser.awaitText("drain-state", "out of the traffic");
    assertThat(server.api().get("health/ready").status()).isEqualTo(503);
    browser.click("restore");
    browser.awaitText("drain-state", "gets traffic");
    assertThat(server.api().get("health/ready").status()).isEqualTo(200);

    browser.run(
        "HTMLAnchorElement.prototype.click = function () { window.file = this.download };"
            + "const make = URL.createObjectURL;"
            + "URL.createObjectURL = blob => (window.type = blob.type, make(blob))");
    browser.click("bundle");
    await()
        .until(
            () -> browser.run("return window.file + ' ' + window.type"),
            "flowfi-support.zip application/zip"::equals);
  }

  private void awaitAsked(String request) {
    await()
        .untilAsserted(
            () -> assertThat(browser.run("return window.asked.at(-1)")).isEqualTo(request));
  }

  /** What somebody looks at stays as it is. */
  @Test
  void shouldAskForNoConnectionsWhileTheirListIsPaused() {
    open("connections");
    browser.awaitText("summary", text -> text.endsWith("."), "a count");
    browser.click("pause");
    browser.run(
        "window.asked = 0; const ask = window.fetch; window.fetch = (url, init) => {"
            + " window.asked += String(url).includes('/admin/connections') ? 1 : 0;"
            + " return ask(url, init); }");
    browser.run("document.dispatchEvent(new Event('visibilitychange'))");
    assertThat(browser.run("return window.asked")).isEqualTo(0L);
    browser.click("pause");
    assertThat(browser.run("return window.asked")).isEqualTo(1L);
  }

  @Test
  void shouldFindAConnectionTellItSomethingAndCloseIt() {
    try (EventStream one = server.events().query("streams=7").open();
        EventStream other = server.events().query("streams=8").open()) {
      String client = one.nextConnected().json().path("clientId").asText();
      other.nextConnected();
      open("connections");
      browser.awaitText("summary", text -> text.endsWith("connections and 1 console."), "a count");
      browser.type("search", client);
      await().until(() -> browser.findAll("table-row").size() == 1);
      assertThat(browser.text("table-row")).contains(client).contains("stream 7");

      browser.run("document.querySelector('[data-action=\"0\"]').click()");
      browser.type("notice-message", "Back at <noon>");
      browser.click("confirm-yes");
      assertThat(one.nextEvent("notice").json().path("message").asText())
          .isEqualTo("Back at <noon>");
      browser.awaitText("notice", text -> text.contains("It went to 1"), "what was sent");

      browser.run("document.querySelector('[data-action=\"1\"]').click()");
      assertThat(browser.text("confirm")).contains(client).contains("miss nothing");
      browser.click("confirm-yes");
      assertThat(one.nextEvent("reconnect").json().path("reason").asText()).isEqualTo("rotation");
      other.assertNothingUnexpected();
    }
  }
}
