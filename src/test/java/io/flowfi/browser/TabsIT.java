package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.HttpApi;
import io.flowfi.it.TomcatServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.stellar.sdk.KeyPair;

/**
 * The published client in several tabs of one browser: one connection, and every tab has it all.
 */
class TabsIT {
  private static final String ADMIN = KeyPair.random().getAccountId();

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(
          () ->
              TomcatServer.start(
                  Map.of("JWT_SECRET", TestTokens.SECRET, "ADMIN_PUBLIC_KEY", ADMIN)));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final List<String> tabs = new ArrayList<>();

  @AfterEach
  void closeTheTabs() {
    tabs.forEach(browser::closeTab);
    awaitConnections(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "leader"})
  void shouldShareOneConnectionAndMissNothingWhenATabGoes(String share) {
    String alice = OtherClient.newAccount();
    String first = open(alice, share);
    String second = open(alice, share);
    String third = open(alice, share);
    awaitConnections(1);
    create(alice, "for-all");
    for (String tab : List.of(first, second, third)) {
      awaitReferences(tab, "for-all");
    }

    browser.closeTab(first); // with the leader's connection
    tabs.remove(first);
    create(alice, "after-one-has-gone");

    awaitReferences(second, "for-all", "after-one-has-gone");
    awaitReferences(third, "for-all", "after-one-has-gone");
    awaitConnections(1);
    String late = open(alice, share);
    create(alice, "with-a-late-one");
    awaitReferences(late, "with-a-late-one");
    awaitReferences(third, "for-all", "after-one-has-gone", "with-a-late-one");
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "leader"})
  void shouldGiveATabThatComesLaterTheWholeState(String share) {
    String alice = OtherClient.newAccount();
    String before = create(alice, "before");
    open(alice, share, "snapshot: true");
    String later = create(alice, "later");

    String second = open(alice, share, "snapshot: true");

    browser.switchTo(second);
    await()
        .atMost(Browser.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(browser.run("return [...client.state.streams.keys()]"))
                    .isEqualTo(List.of(before, later)));
    assertThat(browser.run("return client.state.complete")).isEqualTo(true);
    awaitConnections(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker", "leader"})
  void shouldNotShareWithAnotherAccount(String share) {
    String alice = OtherClient.newAccount();
    String bob = OtherClient.newAccount();
    String hers = open(alice, share);
    String his = open(bob, share);
    awaitConnections(2);

    create(alice, "of-alice");
    create(bob, "of-bob");

    awaitReferences(hers, "of-alice");
    awaitReferences(his, "of-bob");
  }

  /** Another account signs in in one of the tabs: the others stay who they are. */
  @ParameterizedTest
  @ValueSource(strings = {"worker", "leader"})
  void shouldStartOverInATabThatBecomesAnotherAccount(String share) {
    String alice = OtherClient.newAccount();
    String bob = OtherClient.newAccount();
    String first = open(alice, share);
    String second = open(alice, share);
    create(alice, "of-alice");
    awaitReferences(second, "of-alice");

    browser.switchTo(first);
    browser.run("window.token = arguments[0]; client.close(); client.open()", token(bob));
    awaitConnections(2);
    create(bob, "of-bob");
    create(alice, "of-alice-too");

    awaitReferences(first, "of-alice", "of-bob");
    awaitReferences(second, "of-alice", "of-alice-too");
  }

  @Test
  void shouldTakeOverFromALeaderThatIsFrozen() {
    String alice = OtherClient.newAccount();
    String first = open(alice, "leader");
    String second = open(alice, "leader");
    browser.switchTo(first);
    browser.freeze(true);
    browser.switchTo(second);

    create(alice, "while-frozen");
    awaitReferences(second, "while-frozen");

    browser.switchTo(first);
    browser.freeze(false);
    awaitReferences(first, "while-frozen");
    awaitConnections(1);
  }

  /** A page that is left comes back from the browser's cache as it was. */
  @ParameterizedTest
  @ValueSource(strings = {"worker", "leader", "own"})
  void shouldHoldNoConnectionWhileThePageIsAwayAndMissNothing(String share) {
    String alice = OtherClient.newAccount();
    String tab = open(alice, share);
    create(alice, "before");
    awaitReferences(tab, "before");
    browser.run(
        "addEventListener('pageshow', ({persisted}) => { window.cameBack = persisted; });"
            + " setTimeout(() => { location.href = '/lib/problem.js'; });");
    awaitConnections(0);
    create(alice, "while-away");

    browser.run("setTimeout(() => history.back())");

    awaitReferences(tab, "before", "while-away");
    assertThat(browser.run("return cameBack")).as("from the cache").isEqualTo(true);
    create(alice, "back-again");
    awaitReferences(tab, "before", "while-away", "back-again");
  }

  /** What one account has seen is none of another's, though they share the page and its storage. */
  @ParameterizedTest
  @CsvSource({"own, sessionStorage", "worker, localStorage", "leader, localStorage"})
  void shouldGoOnFromTheStoredPlaceOfItsAccountWhenThePageIsLoadedAgain(
      String share, String storage) {
    String alice = OtherClient.newAccount();
    String bob = OtherClient.newAccount();
    String kept = "storage: " + storage;
    String tab = open(alice, share, kept);
    create(alice, "before");
    awaitReferences(tab, "before");

    reload(tab);
    create(alice, "while-away");
    create(bob, "before-his-first-time");
    follow(alice, share, kept);
    create(alice, "after");
    awaitReferences(tab, "while-away", "after");

    reload(tab);
    create(bob, "still-before-his-first-time");
    follow(bob, share, kept);
    create(bob, "of-bob");
    create(alice, "while-bob-is-here");
    awaitReferences(tab, "of-bob");

    reload(tab);
    follow(alice, share, kept);
    create(alice, "of-alice-again");
    awaitReferences(tab, "while-bob-is-here", "of-alice-again");
  }

  /** Loads the page of a tab again, and returns when nobody follows any more. */
  private void reload(String tab) {
    browser.switchTo(tab);
    browser.run("window.got = null; location.reload()");
    await()
        .atMost(Browser.PATIENCE)
        .until(
            () ->
                Boolean.TRUE.equals(
                    browser.run(
                        "return window.got === undefined && document.readyState === 'complete'")));
    awaitConnections(0);
  }

  private String open(String account, String share) {
    return open(account, share, "");
  }

  private String open(String account, String share, String more) {
    String tab = browser.newTab(server.uri().resolve("lib/package.json"));
    tabs.add(tab);
    follow(account, share, more);
    return tab;
  }

  /** In the page of the current tab. */
  private void follow(String account, String share, String more) {
    browser.run(
        "window.token = arguments[0]; window.got = [];"
            + " return import('/lib/flowfi-events.js').then(({FlowFiEvents}) => {"
            + "  window.client = new FlowFiEvents({all: true, maxWait: 300, token: () => window.token,"
            + "    share: arguments[1], "
            + more
            + "});"
            + "  client.on('event', ({id, data}) => id !== null && got.push(data.reference));"
            + "  const connected = new Promise(resolve =>"
            + "    client.on(arguments[2] ? 'connected' : 'snapshot', resolve));"
            + "  client.open(); return connected.then(() => true); })",
        token(account),
        share,
        !more.contains("snapshot"));
  }

  private static String token(String account) {
    return TestTokens.token(account, Instant.now().plusSeconds(600));
  }

  private String create(String sender, String reference) {
    ObjectNode stream = HttpApi.newStream(sender, OtherClient.newAccount());
    stream.put("reference", reference);
    HttpApi.Answer answer =
        server.api().post("v1/streams", stream, "Authorization", "Bearer " + token(ADMIN));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().path("streamId").asText();
  }

  private void awaitReferences(String tab, String... references) {
    browser.switchTo(tab);
    await()
        .atMost(Browser.PATIENCE)
        .untilAsserted(
            () -> assertThat(browser.run("return window.got")).isEqualTo(List.of(references)));
  }

  private void awaitConnections(int expected) {
    await("connections")
        .atMost(Browser.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        server
                            .api()
                            .get("v1/events/stats", "Authorization", "Bearer " + token(ADMIN))
                            .json()
                            .path("activeConnections")
                            .asInt())
                    .isEqualTo(expected));
  }
}
