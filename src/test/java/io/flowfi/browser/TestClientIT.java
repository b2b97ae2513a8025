package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TomcatServer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

class TestClientIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private final TomcatServer server = SESSION.server();
  private final OtherClient other = new OtherClient(server);
  private final Browser browser = SESSION.browser();

  @AfterEach
  void shouldLeaveTheConsoleClean() {
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldShowAnEventThatAnotherClientCreates() {
    connect("?all=true");

    String id = other.create("from-elsewhere");

    WebElement row = browser.awaitEvent("from-elsewhere");
    assertThat(row.getAttribute("data-type")).isEqualTo("stream.created");
    assertThat(row.getAttribute("data-stream")).isEqualTo(id);
    assertThat(row.getAttribute("data-latency")).as("no command of this page").isEmpty();
    browser.awaitText("gap-word", "no gaps");
  }

  @Test
  void shouldMeasureItsOwnCommandFromPostToEvent() {
    connect("?all=true");

    browser.find("create-form").findElement(By.tagName("details")).click();
    browser.type("create-reference", "own-create");
    browser.click("create-submit");

    WebElement row = browser.awaitEvent("own-create");
    assertThat(Double.parseDouble(row.getAttribute("data-latency"))).isPositive();
    browser.awaitText("latency-p50", text -> text.endsWith(" ms"), "a time");
    WebElement card = card(row.getAttribute("data-stream"));
    assertThat(card.getAttribute("data-status")).isEqualTo("ACTIVE");
  }

  @Test
  void shouldShowOnlyEventsOfTheChosenUser() {
    String user = OtherClient.newAccount();
    connect("?users=" + user);

    other.create("of-others-1");
    other.create(user, OtherClient.newAccount(), "as-sender");
    other.create("of-others-2");
    other.create(OtherClient.newAccount(), user, "as-recipient");

    browser.awaitEvent("as-recipient");
    assertThat(browser.references()).containsExactly("as-recipient", "as-sender");
    browser.awaitText("gap-word", "no gaps");
  }

  @Test
  void shouldResumeAfterADropWithNothingLost() {
    connect("?all=true");
    other.create("before-the-drop");
    browser.awaitEvent("before-the-drop");

    browser.type("away", "1");
    browser.click("drop");
    browser.awaitText("state", state -> !state.equals("open"), "not open");
    List<String> missed = IntStream.range(0, 5).mapToObj(i -> "while-away-" + i).toList();
    missed.forEach(other::create);

    browser.awaitEvent("while-away-4");
    browser.awaitText("state", "open");
    assertThat(browser.references().subList(0, 6))
        .containsExactly(
            "while-away-4",
            "while-away-3",
            "while-away-2",
            "while-away-1",
            "while-away-0",
            "before-the-drop");
    browser.awaitText("gap-word", "no gaps");
    browser.awaitText(
        "replayed", replayed -> replayed.matches("[0-5]"), "the events from before it was back");
  }

  @Test
  void shouldChangeAStreamFromItsCard() {
    connect("?all=true");
    String id = other.create("to-be-changed");
    browser.awaitEvent("to-be-changed");

    press(id, "stream-pause");
    awaitStatus(id, "PAUSED");
    press(id, "stream-resume");
    awaitStatus(id, "ACTIVE");
    press(id, "stream-top-up");
    await()
        .atMost(Browser.PATIENCE)
        .until(() -> card(id).getText().replace("\u202f", "").contains("of 100000000600"));
    press(id, "stream-cancel");
    awaitStatus(id, "CANCELLED");

    assertThat(card(id).findElement(Browser.byTestId("stream-withdraw")).isEnabled()).isFalse();
    browser.awaitText("gap-word", "no gaps");
  }

  @Test
  void shouldBeginWithTheStateOfTheStreams() {
    String user = OtherClient.newAccount();
    String id = other.create(user, OtherClient.newAccount(), "in-the-snapshot");

    connect("?snapshot=true&users=" + user);

    await().atMost(Browser.PATIENCE).until(() -> card(id) != null);
    assertThat(browser.findAll("event-row"))
        .extracting(row -> row.getAttribute("data-type"))
        .containsExactly("stream.snapshot");
  }

  @Test
  void shouldSayFieldByFieldWhatTheServerRefuses() {
    browser.open(server.uri().resolve("test-client.html"));

    browser.type("create-sender", "GABC");
    browser.click("create-submit");

    browser.awaitText(
        "notices", text -> text.contains("400") && text.contains("sender"), "an explanation");
    assertThat(browser.find("create-sender").getAttribute("aria-invalid")).isEqualTo("true");
    assertThat(browser.complaints())
        .as("the refused request itself")
        .allMatch(c -> c.contains("400"));
  }

  @Test
  void shouldSayWhyASubscriptionIsRefused() {
    browser.open(
        server.uri().resolve("test-client.html?all=true&lastEventId=elsewhere&connect=true"));

    browser.awaitText("state-reason", reason -> reason.startsWith("400"), "the status");
    assertThat(browser.text("state")).isEqualTo("closed");
    assertThat(browser.complaints())
        .as("the refused requests themselves")
        .allMatch(c -> c.contains("400"));
  }

  @Test
  void shouldShowMarkupInDataAsText() {
    connect("?all=true");

    other.create("<img src=x onerror=alert(1)>");

    browser.awaitText(
        "event-rows",
        text -> text.contains("<img src=x onerror=alert(1)>"),
        "the reference as it is");
    assertThat(browser.find("event-rows").findElements(By.tagName("img"))).isEmpty();
  }

  @Test
  void shouldShowTheBytesOfTheWire() {
    connect("?all=true");

    browser.type("filter-heartbeat", "2");
    browser.awaitText("request", "GET /v1/events/subscribe?all=true&heartbeat=2");
    browser.click("tab-wire");
    browser.click("wire-toggle");
    browser.awaitText("wire-state", "open");
    other.create("on-the-wire");

    browser.awaitText(
        "wire",
        text ->
            text.contains("retry: ")
                && text.contains("\"type\":\"connected\"")
                && text.contains("\"heartbeat\":2")
                && text.contains("on-the-wire"),
        "the frames");
  }

  @Test
  void shouldCreateABurst() {
    connect("?all=true");

    browser.type("burst-count", "40");
    browser.type("burst-rate", "100");
    browser.click("burst");

    await()
        .atMost(Browser.PATIENCE)
        .until(
            () -> browser.references().stream().filter(r -> r.startsWith("burst-")).count() == 40);
    browser.awaitText("gap-word", "no gaps");
    browser.look(1440, 1300, "light");
    browser.screenshot("test-client-light");
    browser.look(1440, 1300, "dark");
    browser.screenshot("test-client-dark");
    browser.look(500, 2600, "light");
    browser.screenshot("test-client-narrow");
    browser.look(1440, 1200, "light");
  }

  /** A browser takes the focus from what is disabled. */
  @Test
  void shouldKeepTheKeyboardWhereItCanGoOn() {
    connect("?all=true");
    browser.holdRequests();
    browser.pressEnterAt(browser.find("create-submit"));
    browser.releaseRequests();
    await().atMost(Browser.PATIENCE).until(() -> !browser.findAll("notice").isEmpty());
    awaitFocus("create-submit");

    String id = other.create("by-keys-alone");
    browser.awaitEvent("by-keys-alone");
    await().atMost(Browser.PATIENCE).until(() -> card(id) != null);
    browser.pressEnterAt(card(id).findElement(Browser.byTestId("stream-pause")));
    awaitStatus(id, "PAUSED");
    awaitFocus("stream-resume");
    browser.pressEnterAt(browser.focused());
    awaitStatus(id, "ACTIVE");
    awaitFocus("stream-pause");
    browser.pressEnterAt(card(id).findElement(Browser.byTestId("stream-cancel")));
    awaitStatus(id, "CANCELLED");
    await().until(() -> browser.focused().getText().equals("Stream " + id));

    browser.type("away", "1");
    browser.pressEnterAt(browser.find("drop"));
    awaitFocus("away");
    browser.awaitText("state", "open");
    browser.pressEnterAt(browser.find("disconnect"));
    awaitFocus("connect");
    browser.awaitText("state", "closed");
  }

  private void awaitFocus(String testId) {
    await(testId)
        .untilAsserted(
            () -> assertThat(browser.focused().getDomAttribute("data-testid")).isEqualTo(testId));
  }

  private void connect(String settings) {
    browser.open(server.uri().resolve("test-client.html" + settings));
    browser.click("connect");
    browser.awaitText("state", "open");
    browser.awaitText("event-rows", text -> text.contains("connected as"), "greeted");
  }

  private WebElement card(String streamId) {
    By card = By.cssSelector("[data-testid='stream-card'][data-stream='" + streamId + "']");
    return browser.find("stream-list").findElements(card).stream().findFirst().orElse(null);
  }

  private void press(String streamId, String button) {
    await(button).atMost(Browser.PATIENCE).until(() -> card(streamId) != null);
    card(streamId).findElement(Browser.byTestId(button)).click();
  }

  private void awaitStatus(String streamId, String status) {
    await(status)
        .atMost(Browser.PATIENCE)
        .until(() -> status.equals(card(streamId).getAttribute("data-status")));
  }
}
