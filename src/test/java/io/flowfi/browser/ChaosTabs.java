package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tabs that share a connection, to which everything happens that happens to tabs. Each keeps its
 * place and what was wrong between its visits; whoever reopens it goes on there, as somebody does
 * who opens a page again.
 *
 * <p>Used by one thread.
 */
final class ChaosTabs {
  /** Follows from its stored place on. Each event must be the next one. */
  private static final String FOLLOW =
      """
      const [name, way] = arguments;
      if (way === 'leader') {
        delete window.SharedWorker; // as in browsers that have none
      }
      navigator.locks.request(`tab ${name}`, () => new Promise(() => {}));
      const now = Date.now.bind(Date);
      window.ahead = 0;
      Date.now = () => now() + ahead;
      window.kept = JSON.parse(localStorage.getItem(name) ?? '{"last": 0, "faults": []}');
      // One write for both, so that they are never of different moments.
      const storage = {
        getItem: () => kept.place ?? null,
        setItem: (key, place) => localStorage.setItem(name, JSON.stringify(Object.assign(kept, { place }))),
        removeItem: () => {},
      };
      return import('/lib/flowfi-events.js').then(({ FlowFiEvents }) => {
        const token = async ({ renew }) => (await fetch('/test-token?renew=' + renew)).text();
        window.client = new FlowFiEvents({
          all: true, after: kept.place ? null : 0, maxWait: 300, heartbeat: way === 'worker' ? 9 : 10, token, storage });
        client.on('event', ({ id }) => {
          if (id !== kept.last + 1) {
            kept.faults.push(`${id} after ${kept.last}`);
          }
          kept.last = id;
        });
        client.on('reset', ({ reason }) => kept.faults.push(`reset ${reason}`));
        client.open();
      });
      """;

  private static final String LEADER =
      """
      return navigator.locks.query().then(({ held }) => {
        const lead = held.find(({ name }) => /^flowfi [^ ]+$/.test(name));
        const tab = held.find(({ name, clientId }) => name.startsWith('tab ') && clientId === lead?.clientId);
        return tab?.name.split(' ').at(-1) ?? null;
      });
      """;

  private final Browser browser;
  private final URI page;
  private final String way;

  /** Handles of those that are awake, by name, the one that was opened first at the beginning. */
  private final Map<String, String> open = new LinkedHashMap<>();

  /** Those that are frozen or asleep. */
  private final Map<String, String> asleep = new HashMap<>();

  /**
   * @param way {@code leader} or {@code worker}
   */
  ChaosTabs(Browser browser, URI page, String way) {
    this.browser = browser;
    this.page = page;
    this.way = way;
  }

  /** Opens a tab, for the first time or again. */
  void open(String name) {
    open.put(name, browser.newTab(page));
    follow(name);
  }

  private void follow(String name) {
    browser.run(FOLLOW, way + " " + name, way);
  }

  void close(String name) {
    browser.closeTab(open.remove(name));
  }

  void closeAll() {
    List.copyOf(open.keySet()).forEach(this::close);
  }

  /** Closes and opens all of them; returns which one is the first now. */
  String reopenAll() {
    List<String> names = List.copyOf(open.keySet());
    names.forEach(this::close);
    names.forEach(this::open);
    return names.get(0);
  }

  void reload(String name) {
    browser.switchTo(open.get(name));
    browser.reload();
    follow(name);
  }

  /** Its process ends, and somebody closes what is left of it. */
  void crash(String name) {
    String tab = open.remove(name);
    switchToOneThatIsAwake();
    browser.devTools().crash(tab);
    browser.devTools().close(tab);
  }

  /** As browsers do with hidden tabs: it is told before. */
  void freeze(String name) {
    String tab = open.remove(name);
    asleep.put(name, tab);
    browser.switchTo(tab);
    browser.freeze(true);
  }

  void thaw(String name) {
    browser.switchTo(asleep.get(name));
    browser.freeze(false);
    isAwake(name);
  }

  /**
   * The tab stands still, and was not told before, until the server of the page answers: as one
   * does whose machine sleeps, or whose process is stopped.
   */
  void fallAsleep(String name, String until) {
    String tab = open.remove(name);
    asleep.put(name, tab);
    switchToOneThatIsAwake();
    browser
        .devTools()
        .begin(
            tab,
            """
            const request = new XMLHttpRequest();
            request.open('GET', '%s', false);
            request.send();
            """
                .formatted(until));
  }

  void isAwake(String name) {
    open.put(name, asleep.remove(name));
  }

  /** How many are frozen or asleep. */
  int asleep() {
    return asleep.size();
  }

  /** In all tabs that are awake. */
  void aMinutePasses() {
    for (String tab : open.values()) {
      browser.switchTo(tab);
      browser.run("ahead += 60_000");
    }
  }

  private void switchToOneThatIsAwake() {
    browser.switchTo(open.values().iterator().next());
  }

  /** The tab that has the connection of all. */
  String leader() {
    switchToOneThatIsAwake();
    return await("a tab that leads")
        .until(() -> (String) browser.run(LEADER), name -> open.containsKey(name));
  }

  /** Fails if one of the tabs that are awake has not come to just this position. */
  void assertAllAreAt(long position) {
    open.forEach(
        (name, tab) -> {
          browser.switchTo(tab);
          assertThat(browser.run("return kept.last")).as(way + " " + name).isEqualTo(position);
        });
  }

  /** Fails if an event was lost, came twice or too early, in any visit of a tab. */
  void assertNothingWasWrong() {
    open.forEach(
        (name, tab) -> {
          browser.switchTo(tab);
          assertThat(browser.run("return kept.faults")).as(way + " " + name).isEqualTo(List.of());
        });
  }
}
