package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * Presses that take their time, as those of a hand do, while what is pressed would move or be drawn
 * anew: a browser clicks only what the pointer was pressed and released on.
 */
class PressedPointerIT {
  /** A stream in a state, as the server says it. */
  private static final String STREAM =
      "const stream = id => ({streamId: String(id), status: 'ACTIVE', ratePerSecond: '10', depositedAmount: '1000',"
          + " withdrawnAmount: '0', startTime: 0, totalPausedDuration: 0, version: 1, origin: 'api'});";

  private static final String DRAWN =
      "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))";

  @RegisterExtension
  static final BrowserSession<StaticPages> SESSION = new BrowserSession<>(StaticPages::start);

  private final Browser browser = SESSION.browser();

  @BeforeEach
  void openAPage() {
    browser.open(SESSION.server().uri().resolve("test-client.html"));
    // at the top, where nothing of the page moves it
    browser.run(
        "window.done = []; window.place = document.createElement('div'); document.body.prepend(place)");
  }

  /** Presses, lets this happen and be drawn, and releases. */
  private void pressWhile(WebElement button, String happens) {
    browser.pressDown(button);
    browser.run("return (async () => { " + happens + "; await " + DRAWN + "; })()");
    browser.letGo();
  }

  private Object done() {
    return browser.run("return done.join()");
  }

  private void awaitRun(String expression, Object expected) {
    await()
        .atMost(Browser.PATIENCE)
        .untilAsserted(() -> assertThat(browser.run("return " + expression)).isEqualTo(expected));
  }

  private void listEvents() {
    browser.run(
        "return import('/test/event-list.js').then(({EventList}) => {"
            + " const body = document.createElement('tbody'); const table = document.createElement('table');"
            + " table.append(body); place.append(table); window.seq = 0;"
            + " window.list = new EventList(body, rows => { window.rows = rows; });"
            + " window.come = count => { for (let i = 0; i < count; i++) { list.add({id: ++seq, type: 'stream.paused',"
            + "  data: {streamId: '1'}, text: '{}', receivedAt: Date.now()}, null); } }; })");
  }

  @Test
  void shouldShowTheFrameOfAnEventWhileOthersCome() {
    listEvents();
    browser.run("come(1)");
    awaitRun("rows", 1L);
    pressWhile(browser.find("event-frame"), "come(20)");
    awaitRun("rows", 22L);
    assertThat(
            browser.run(
                "return place.querySelector('.frame-row').previousElementSibling.dataset.seq"))
        .isEqualTo("1");
  }

  /** A browser tells nobody of some releases, as of that of a scroll bar. */
  @Test
  void shouldShowEventsAgainWhenTheReleaseWasNotTold() {
    listEvents();
    browser.run("come(1)");
    awaitRun("rows", 1L);
    browser.run(
        "place.querySelector('td').dispatchEvent(new PointerEvent('pointerdown', {bubbles: true, buttons: 1}));"
            + " come(1); return "
            + DRAWN);
    assertThat(browser.run("return rows")).as("while it is pressed").isEqualTo(1L);
    browser.run("dispatchEvent(new PointerEvent('pointermove', {buttons: 0}))");
    awaitRun("rows", 2L);
  }

  /** Only the newest are kept. */
  @Test
  void shouldKeepTheFocusWhenTheEventThatHasItGoes() {
    listEvents();
    browser.run("come(3)");
    awaitRun("rows", 3L);
    browser.run(
        "const [, second, first] = place.querySelectorAll('button'); second.click(); first.click(); first.focus()");
    browser.run("come(496)");
    awaitRun("rows", 499L);
    assertThat(browser.run("return document.activeElement.textContent"))
        .as("the first has gone with its frame, which was one too many")
        .isEqualTo("#2");
    browser.run("come(498)");
    awaitRun("place.querySelectorAll('.frame-row').length", 0L);
    assertThat(browser.run("return document.activeElement.textContent")).isNotEqualTo("#2");
    assertThat(browser.run("return place.contains(document.activeElement)")).isEqualTo(true);
    browser.run("list.clear()");
    assertThat(browser.run("return document.activeElement.id")).isEqualTo("main");
  }

  @Test
  void shouldRunTheCommandOfTheStreamThatWasPressedWhileOthersAreCreated() {
    browser.run(
        STREAM
            + "return Promise.all([import('/test/stream-cards.js'), import('/shared/stream-book.js')])"
            + ".then(([{StreamCards}, {StreamBook}]) => {"
            + " window.known = id => book.know(stream(id));"
            + " window.book = new StreamBook(60, id => cards.changed(id));"
            + " window.cards = new StreamCards(place, book, ({streamId}, name) => done.push(name + ' ' + streamId));"
            + " known(1); })");
    awaitRun("place.children.length", 1L);
    pressWhile(browser.find("stream-pause"), "known(2), known(3)");
    assertThat(done()).isEqualTo("pause 1");
    awaitRun("place.children.length", 3L);
  }

  @Test
  void shouldDoWhatWasPressedThoughTheServerAnswersMeanwhile() {
    browser.run(
        "return import('/admin/refresh.js').then(({refreshing}) => { let asked = 0; const box = document.createElement('p');"
            + " window.view = refreshing({root: place, context: {session: {account: null}}, every: 1e6, content: [box],"
            + "  load: async () => ++asked, show: answer => { const button = document.createElement('button');"
            + "   button.dataset.testid = 'act'; button.textContent = answer; box.replaceChildren(button);"
            + "   button.addEventListener('click', () => done.push(answer)); }}); })");
    awaitRun("place.textContent", "1");
    pressWhile(browser.find("act"), "await view.now()");
    assertThat(done()).isEqualTo("1");
    awaitRun("place.textContent", "2");
    // the space bar acts when it is released, too
    browser.run("place.querySelector('button').focus()");
    browser.pressDown(Keys.SPACE);
    browser.run("return view.now().then(() => " + DRAWN + ")");
    browser.letGo(Keys.SPACE);
    assertThat(done()).isEqualTo("1,2");
    awaitRun("place.textContent", "3");
    browser.click("act");
    assertThat(done()).isEqualTo("1,2,3");
  }

  @Test
  void shouldDismissTheNoticeThatWasPressedWhileAnotherOneComes() {
    browser.run(
        "return import('/shared/notices.js').then(({Notices}) => { window.notices = new Notices(place);"
            + " window.tell = words => notices.problem(words, new Error('of a test')); tell('first'); })");
    pressWhile(browser.find("notice-dismiss"), "tell('second')");
    awaitRun(
        "[...place.querySelectorAll('strong')].map(title => title.textContent).join()", "second");
  }

  /** A page asks who is signed in each time that somebody comes back to it. */
  @Test
  void shouldClearTheBoxWhoseWordsWerePressedWhileTheServerSaysWhoIsSignedIn() {
    // which moves the rest of the page
    await().atMost(Browser.PATIENCE).until(() -> browser.find("open-mode").isDisplayed());
    assertThat(browser.find("filter-all").isSelected()).isTrue();
    pressWhile(
        browser.find("filter-all-words").findElement(By.tagName("code")),
        "await (await import('/shared/session.js')).session.look()");
    assertThat(browser.find("filter-all").isSelected()).isFalse();
  }

  /** Somebody copies why a part is not well, and another part has something new to say. */
  @Test
  void shouldKeepTextSelectedThatStaysWhenOtherTextChanges() {
    browser.run(
        "return import('/admin/overview.js').then(({open}) => { window.stats = {subscribe: draw => { window.come = draw; },"
            + "  history: () => ({time: [], columns: {}, byNode: {}}), anHourAgo: {closes: {}, rejections: {}}};"
            + " window.say = detail => { stats.latest = {connections: {open: 0, limit: 9, byFilter: {}}, flow: null,"
            + "  lag: {slowestEvents: null, slowClients: 0}, queues: {commands: 0, commandsLimit: 9, longPolls: 0},"
            + "  log: {first: 1, last: 1, feedLag: 0}, ring: {events: 0, bytes: 0}, indexer: null, relay: null,"
            + "  uptimeSeconds: 1, version: '1', rejections: {}, closes: {client_gone: 3, slow: detail.length}, ready: false,"
            + "  parts: [{name: 'store', state: 'down', detail: 'the disk is full'}, {name: 'feed', state: 'down', detail}]};"
            + "  window.come?.(); };"
            + " say('1 behind'); return open(place, {stats}); })");
    browser.run(
        "const selected = '[data-testid=parts] li:first-child .detail, [data-testid=closes] tbody tr:nth-child(2) th';"
            + " window.nodes = [...place.querySelectorAll(selected)];"
            + " getSelection().selectAllChildren(nodes[0])");
    browser.run("say('12 behind')");
    awaitRun("place.querySelector('[data-testid=parts]').textContent.includes('12 behind')", true);
    assertThat(browser.run("return getSelection().toString()")).isEqualTo("the disk is full");
    assertThat(browser.run("return nodes.map(node => node.isConnected).join()"))
        .isEqualTo("true,true");
  }
}
