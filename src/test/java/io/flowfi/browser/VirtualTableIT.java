package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The console's table with ten thousand rows, and its question before an act, in a page. */
class VirtualTableIT {
  private static final int ROWS = 10_000;

  /** Far fewer than there are, far more than fit on the screen. */
  private static final long ROWS_IN_PAGE = 60;

  @RegisterExtension
  static final BrowserSession<StaticPages> SESSION = new BrowserSession<>(StaticPages::start);

  private final Browser browser = SESSION.browser();

  @BeforeEach
  void showTenThousandRows() {
    browser.open(SESSION.server().uri().resolve("test-client.html"));
    browser.run(
        "const css = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: '/admin/table.css'});"
            + "const ready = new Promise(resolve => css.onload = resolve); document.head.append(css);"
            + "return Promise.all([import('/admin/table.js'), ready]).then(([{virtualTable}]) => {"
            + "  window.rows = Array.from({length: arguments[0]}, (_, i) => ({id: 'c' + i, lag: i}));"
            + "  window.done = [];"
            + "  window.table = virtualTable({caption: 'Rows', key: row => row.id, rowHeight: 30, empty: 'No rows yet.',"
            + "    columns: [{name: 'id', label: 'Client', width: 10, value: row => row.id},"
            + "      {name: 'lag', label: 'Lag', width: 5, value: row => row.lag, numeric: true}],"
            + "    opened: row => done.push('open ' + row.id),"
            + "    actions: [{label: 'Close', name: row => 'Close ' + row.id, act: row => done.push('close ' + row.id)}]});"
            + "  document.body.prepend(table.element); table.show(rows);"
            + "  window.grid = document.querySelector('[role=grid]'); window.shownAt = () => {"
            + "    const row = document.activeElement.closest('[data-key]'); return row && {key: row.dataset.key,"
            + "    index: Number(row.getAttribute('aria-rowindex')), top: Math.round(row.getBoundingClientRect().top)}; };"
            + "})",
        ROWS);
  }

  @Test
  void shouldHoldOnlyRowsInViewAndSayHowManyThereAre() {
    drawn();
    assertThat(rowsInPage()).isBetween(10L, ROWS_IN_PAGE);
    assertThat(run("grid.getAttribute('aria-rowcount')")).isEqualTo(Integer.toString(ROWS + 1));
    run("grid.scrollTop = 150000");
    drawn();
    assertThat(rowsInPage()).isBetween(10L, ROWS_IN_PAGE);
    assertThat(run("document.querySelector('[data-key=c5005] [data-column=lag]').textContent"))
        .isEqualTo("5005");
    assertThat(run("document.querySelector('[data-key=c5005]').getAttribute('aria-rowindex')"))
        .isEqualTo("5007");
    assertThat(orderInPage()).isSorted();
    run("grid.scrollTop -= 150");
    drawn();
    assertThat(orderInPage()).isSorted();
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldKeepTheFocusAndThePlaceWhenFreshRowsArrive() {
    run("table.focusRow('c700')");
    Map<String, Object> before = focused();
    assertThat(before).containsEntry("key", "c700").containsEntry("index", 702L);
    run(
        "table.show([...Array.from({length: 500}, (_, i) => ({id: 'n' + i, lag: -i})),"
            + " ...rows.map(row => ({...row, lag: row.lag * 2}))])");
    drawn();
    assertThat(focused())
        .containsEntry("key", "c700")
        .containsEntry("index", 1202L)
        .containsEntry("top", before.get("top"));
    assertThat(run("document.querySelector('[data-key=c700] [data-column=lag]').textContent"))
        .isEqualTo("1400");
    assertThat(orderInPage()).isSorted();
    // out of view it still has the focus, and the keyboard goes on from there
    run("grid.scrollTop = 0");
    drawn();
    assertThat(focused()).containsEntry("key", "c700");
    key("ArrowDown");
    assertThat(focused()).containsEntry("key", "c701");
    assertThat(rowsInPage()).isLessThanOrEqualTo(ROWS_IN_PAGE);
    // the row is gone: the one in its place has the focus
    run("table.show(rows.filter(row => row.id !== 'c701'))");
    drawn();
    assertThat(focused()).isNotNull();
    run("table.show([])");
    drawn();
    assertThat(run("document.activeElement === grid")).as("no row is left").isEqualTo(true);
  }

  /** The row whose button asked is gone when the question is answered. */
  @Test
  void shouldNotLoseTheFocusWithTheRowThatAsked() {
    run("document.querySelector('h1').id = 'title'; document.querySelector('h1').tabIndex = -1");
    run("table.focusRow('c3')");
    browser.run(
        "return import('/admin/confirm.js').then(({confirmed}) => {"
            + " window.answer = confirmed({title: 'Close c3', consequence: 'None.', action: 'Close it'}); })");
    run("table.element.remove(); document.activeElement.focus()");
    browser.click("confirm-yes");
    assertThat(answer()).isEqualTo(true);
    assertThat(run("document.activeElement.id")).isEqualTo("title");
  }

  /** The row with the focus stays in sight, but at the top the table cannot scroll after it. */
  @Test
  void shouldActOnTheRowThatWasPressedThoughItGoesElsewhere() {
    drawn();
    browser.pressDown(
        browser.find("table").findElement(By.cssSelector("[data-key=c3] button[data-action]")));
    run("table.show([rows[3], ...rows.filter(row => row.id !== 'c3')]);");
    drawn();
    browser.letGo();
    assertThat(run("done.join()")).isEqualTo("close c3");
    await()
        .untilAsserted(
            () ->
                assertThat(run("document.querySelector('[data-key=c3]').ariaRowIndex"))
                    .isEqualTo("2"));
  }

  @Test
  void shouldKeepThePlaceOfOneWhoOnlyReads() {
    run("grid.scrollTop = 30 * 400");
    drawn();
    run("table.show([{id: 'first', lag: -1}, {id: 'second', lag: -1}, ...rows])");
    drawn();
    assertThat(run("grid.scrollTop")).isEqualTo(30L * 402);
    // rows that scatter do not take the reader along
    run("table.sort('lag', 'ascending'); grid.scrollTop = 30 * 400");
    drawn();
    run("table.show(rows.map((row, i) => ({...row, lag: (i * 7919) % 10000})))");
    drawn();
    assertThat(run("grid.scrollTop")).isEqualTo(30L * 400);
    run("grid.scrollTop = 0");
    drawn();
    run("table.show([{id: 'first', lag: -1}, ...rows])");
    drawn();
    assertThat(run("grid.scrollTop")).isEqualTo(0L);
  }

  @Test
  void shouldDoEverythingByKeyboard() {
    run("table.focusRow('c0')");
    key("End");
    assertThat(focused()).containsEntry("key", "c9999");
    key("PageUp");
    assertThat((long) focused().get("index")).isLessThan(9_999L);
    key("Home");
    key("ArrowUp");
    assertThat(focused()).containsEntry("key", "c0");
    key("Enter");
    run("document.activeElement.querySelector('button').click()");
    assertThat(run("done.join()")).isEqualTo("open c0,close c0");
    assertThat(run("[...document.querySelectorAll('.vtable-body [tabindex=\"0\"]')].length"))
        .as("one row and its button")
        .isEqualTo(2L);
    run("document.querySelector('[data-testid=sort-lag]').click()");
    drawn();
    assertThat(run("document.querySelector('[aria-sort=descending]').textContent"))
        .isEqualTo("Lag");
    assertThat(run("document.querySelector('[aria-rowindex=\"2\"][data-key]').dataset.key"))
        .isEqualTo("c9999");
  }

  @Test
  void shouldSayWhatIsMissing() {
    run("table.filter('c123')");
    drawn();
    assertThat(run("grid.getAttribute('aria-rowcount')")).isEqualTo("12");
    run("table.filter('nobody')");
    drawn();
    assertThat(run("document.querySelector('.vtable-empty').textContent"))
        .isEqualTo("Nothing here has “nobody”.");
    run("table.filter(''); table.show([])");
    drawn();
    assertThat(run("document.querySelector('.vtable-empty').textContent"))
        .isEqualTo("No rows yet.");
  }

  @Test
  void shouldAskBeforeAnActAndWantTheNameTyped() {
    run("table.focusRow('c3')");
    browser.run(
        "return import('/admin/confirm.js').then(({confirmed}) => {"
            + " window.ask = typed => { window.answer = confirmed({title: 'Close c3',"
            + " consequence: 'Its client reconnects.', action: 'Close it', typed}); }; ask('c3'); })");
    assertThat(browser.find("confirm-yes").isEnabled()).isFalse();
    browser.type("confirm-name", "c4");
    run("document.querySelector('dialog form').requestSubmit()");
    assertThat(browser.findAll("confirm")).hasSize(1);
    browser.type("confirm-name", "c3");
    browser.click("confirm-yes");
    assertThat(answer()).isEqualTo(true);
    assertThat(focused()).as("back where it was").containsEntry("key", "c3");
    run("ask();");
    browser.click("confirm-no");
    assertThat(answer()).isEqualTo(false);
    run("ask();");
    assertThat(run("document.activeElement.dataset.testid")).isEqualTo("confirm-no");
    browser.find("confirm").sendKeys(Keys.ESCAPE);
    assertThat(answer()).isEqualTo(false);
  }

  /** Waits for it: a dialog says that it is closed in a task of its own. */
  private Object answer() {
    return run("answer");
  }

  private Object run(String script) {
    return browser.run(
        script.contains(";") || script.contains(" = ") ? script : "return " + script);
  }

  /** Waits until what was asked for is on the screen. */
  private void drawn() {
    browser.run(
        "return new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r())))");
  }

  private void key(String key) {
    run(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: '"
            + key
            + "', bubbles: true, cancelable: true}))");
  }

  private long rowsInPage() {
    return (long) run("document.querySelectorAll('[data-testid=table-row]').length");
  }

  @SuppressWarnings("unchecked")
  private List<Long> orderInPage() {
    return (List<Long>)
        run(
            "[...document.querySelectorAll('[data-testid=table-row]')].map(row => Number(row.getAttribute('aria-rowindex')))");
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> focused() {
    return (Map<String, Object>) run("shownAt()");
  }
}
