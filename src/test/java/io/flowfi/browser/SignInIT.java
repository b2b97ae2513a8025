package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.auth.TestTokens;
import io.flowfi.it.HttpApi;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.Network;
import org.stellar.sdk.Transaction;

/** The pages of a secured server. */
@Timeout(180)
class SignInIT {
  private static final String ADMIN = KeyPair.random().getAccountId();

  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(
          () ->
              TomcatServer.start(
                  Map.of(
                      "JWT_SECRET",
                      TestTokens.SECRET,
                      "ADMIN_PUBLIC_KEY",
                      ADMIN,
                      "SEP10_SIGNING_SEED",
                      new String(KeyPair.random().getSecretSeed()),
                      "SEP10_HOME_DOMAIN",
                      "example.com")));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();
  private final KeyPair wallet = KeyPair.random();
  private final String alice = wallet.getAccountId();

  @BeforeEach
  void forgetWhoWasSignedIn() {
    browser.open(server.uri());
    browser.run("sessionStorage.clear(); return fetch('/v1/auth', {method: 'DELETE'})");
    browser.complaints();
  }

  @AfterEach
  void shouldLeaveNoTokenInAnyUrlOrLog() {
    assertThat((String) browser.run("return location.href")).doesNotContain("eyJ", "ticket");
    assertThat(server.log()).doesNotContain("eyJ", "ticket=");
  }

  @Test
  void shouldSayThatOneHasToSignInAndAskForNothingBefore() {
    open("test-client.html?all=true&connect=true");

    browser.awaitText("sign-in-line", line -> line.contains("Sign in to see yours"), "an offer");
    browser.awaitText("state-reason", "sign in first");
    browser.open(server.uri());
    browser.awaitText("status-note", note -> note.startsWith("sign in for the numbers"), "a word");
    assertThat(browser.text("fact-mode")).isEqualTo("secured");
    assertThat(browser.text("curl-subscribe"))
        .startsWith("curl -N -H \"Authorization: Bearer $TOKEN\" 'http");
    assertThat(browser.complaints()).as("nothing was refused").isEmpty();
    browser.look(500, 1200, "light");
    browser.screenshot("secured-start-narrow");
    browser.look(1440, 1200, "light");
  }

  /** A page asks who is signed in each time that somebody comes back to it. */
  @Test
  void shouldOpenTheDialogWhoseButtonWasPressedWhileTheServerSaysWhoIsSignedIn() {
    open("test-client.html");
    browser.awaitText("sign-in", "Sign in");
    browser.pressDown(browser.find("sign-in"));
    browser.run(
        "return import('/shared/session.js').then(({session}) => session.look()).then(() =>"
            + " new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(() => drawn()))))");
    browser.letGo();
    assertThat(browser.find("sign-in-dialog").isDisplayed()).isTrue();
  }

  @Test
  void shouldFollowOnesOwnStreamsWithATokenAndMissNothing() {
    open("test-client.html?all=true&connect=true");
    signInWith(token(alice, 600), "page");

    browser.awaitText("state", "open");
    browser.awaitText("who", who -> who.startsWith(alice.substring(0, 4)), "the account");
    assertThat(browser.text("filter-all-words")).startsWith("All of mine");
    create(alice, "own-1");
    create(OtherClient.newAccount(), "of-others");
    create(alice, "own-2");
    browser.awaitEvent("own-2");

    browser.type("away", "1");
    browser.click("drop");
    browser.awaitText("state", state -> !state.equals("open"), "not open");
    create(alice, "while-away");
    browser.awaitEvent("while-away");

    // Also a lost connection: its ticket is worthless by now, so the browser alone could not
    // reconnect.
    server.stop();
    browser.awaitText("state", "reconnecting");
    server.restart();
    create(alice, "after-the-restart");
    browser.awaitEvent("after-the-restart");
    browser.awaitText("state", "open");

    assertThat(browser.references())
        .containsExactly("after-the-restart", "while-away", "own-2", "own-1");
    browser.awaitText("gap-word", "no gaps");
    // no ticket was tried twice
    assertThat(browser.complaints()).noneMatch(line -> line.contains("401"));
    browser.screenshot("secured-client");
  }

  @Test
  void shouldSayReadablyThatAFilterIsNotOnesOwn() {
    String theirs = create(OtherClient.newAccount(), "private");
    open("test-client.html");
    signInWith(token(alice, 600), "page");

    browser.find("filter-all").click();
    browser.type("filter-streams", theirs);
    browser.click("connect");

    browser.awaitText("state-reason", reason -> reason.startsWith("403"), "the status");
    assertThat(browser.text("notices")).contains("streams=" + theirs + " is not yours to see");
    assertThat(browser.text("who")).as("still signed in").isNotEmpty();
  }

  @Test
  void shouldSayThatTheTokenHasEndedAndGoOnWithAnother() {
    open("test-client.html?all=true&connect=true");
    // clocks may differ by thirty seconds, so twelve are left
    signInWith(token(alice, -18), "page");
    browser.awaitText("state", "open");
    create(alice, "in-time");
    browser.awaitEvent("in-time");

    browser.awaitText("sign-in-line", line -> line.contains("has ended"), "the end");
    browser.awaitText("state-reason", "the sign-in has ended");
    assertThat(browser.text("state")).isEqualTo("closed");
    assertThat(browser.text("event-rows")).contains("token_expired");
    browser.screenshot("secured-expired");
    create(alice, "meanwhile");

    signInWith(token(alice, 600), "page");
    browser.awaitEvent("meanwhile");
    assertThat(browser.references()).containsExactly("meanwhile", "in-time");
    browser.awaitText("gap-word", "no gaps");
  }

  @Test
  void shouldKeepATokenForTheTabOnRequestOnlyAndForgetItAtTheEnd() {
    open("test-client.html");
    signInWith(token(alice, 600), "page");
    open("test-client.html");
    browser.awaitText("sign-in", "Sign in");

    signInWith(token(alice, 600), "tab");
    browser.open(server.uri());
    browser.awaitText("who", who -> who.startsWith(alice.substring(0, 4)), "the account");
    browser.awaitText("fact-connections", text -> text.contains("of"), "a number");

    browser.click("who");
    assertThat(browser.text("who-account")).isEqualTo(alice);
    assertThat(browser.text("who-kept")).startsWith("In this tab");
    browser.screenshot("secured-who");
    browser.click("sign-out");
    browser.awaitText("sign-in", "Sign in");
    assertThat(browser.run("return sessionStorage.length")).isEqualTo(0L);
  }

  @Test
  void shouldSayWhyATokenIsNotTaken() {
    open("test-client.html");
    browser.awaitText("sign-in", "Sign in");
    browser.click("sign-in");
    browser.type("token", token(alice, -60));
    browser.click("token-submit");
    browser.awaitText(
        "token-form-problem", text -> text.contains("401") && text.contains("expired"), "why");
    browser.type("token", "no token at all");
    browser.click("token-submit");
    browser.awaitText("token-form-problem", text -> text.startsWith("That is not a token"), "why");
  }

  @Test
  void shouldLetAStellarAccountInAndKeepItInACookie() {
    open("test-client.html?all=true");
    browser.awaitText("sign-in", "Sign in");
    browser.click("sign-in");
    browser.type("wallet-account", alice);
    browser.click("wallet-challenge-get");
    browser.awaitText("wallet-network", network -> network.startsWith("Test SDF"), "the network");
    browser.look(1440, 1200, "light");
    browser.screenshot("sign-in-light");
    browser.look(500, 1400, "dark");
    browser.screenshot("sign-in-narrow-dark");
    browser.look(1440, 1200, "light");
    browser.type("wallet-signed", signed(browser.find("wallet-challenge").getAttribute("value")));
    browser.find("wallet-keep").findElement(By.cssSelector("option[value=cookie]")).click();
    browser.click("wallet-submit");
    browser.awaitText("who", who -> who.startsWith(alice.substring(0, 4)), "the account");

    // the browser has it, scripts do not
    open("test-client.html?all=true&connect=true");
    browser.awaitText("state", "open");
    assertThat(browser.run("return document.cookie + sessionStorage.length")).isEqualTo("0");
    create(alice, "by-cookie");
    browser.awaitEvent("by-cookie");
    browser.awaitText("who", who -> who.contains("until"), "the account");
    browser.click("who");
    assertThat(browser.text("who-kept")).startsWith("In a cookie");
    browser.click("sign-out");
    browser.awaitText("sign-in", "Sign in");
    open("test-client.html?all=true&connect=true");
    browser.awaitText("state-reason", "sign in first");
    assertThat(browser.complaints()).isEmpty();
  }

  /** All tabs share the cookie; a sign-in in another tab changes it for this one. */
  @Test
  void shouldDoNothingAsAnotherAccountThanItShows() {
    signInByCookie(wallet);
    open("test-client.html?all=true&connect=true");
    browser.awaitText("state", "open");
    String stream = create(alice, "mine");
    browser.awaitEvent("mine");

    KeyPair other = KeyPair.random();
    signInByCookie(other); // the page gets no message, as if it was done in another browser window
    browser.complaints();
    browser.find("stream-pause").click();

    browser.awaitText("notices", text -> text.contains("409"), "the refusal");
    browser.awaitText(
        "sign-in-line",
        line ->
            line.contains("Another tab has signed in as " + other.getAccountId().substring(0, 4)),
        "what has happened");
    browser.awaitText("state", "closed");
    assertThat(browser.references()).as("nothing of the other's is left").isEmpty();
    assertThat(browser.text("who")).startsWith(other.getAccountId().substring(0, 4));
    assertThat(status(stream)).isEqualTo("ACTIVE");
    browser.screenshot("another-account");

    String theirs = create(other.getAccountId(), "theirs");
    browser.click("connect");
    browser.awaitText("state", "open");
    browser.awaitText("last-seq", "–");
    create(other.getAccountId(), "theirs-too");
    browser.awaitEvent("theirs-too");
    assertThat(browser.references()).containsExactly("theirs-too");
    assertThat(status(theirs)).isEqualTo("ACTIVE");
  }

  @Test
  void shouldNotGoOnAsAnotherAccountAfterARestart() {
    signInByCookie(wallet);
    open("test-client.html?all=true&connect=true");
    browser.awaitText("state", "open");
    create(alice, "mine");
    browser.awaitEvent("mine");

    KeyPair other = KeyPair.random();
    signInByCookie(other);
    create(other.getAccountId(), "theirs");
    server.stop();
    server.restart();

    browser.awaitText("sign-in-line", line -> line.contains("Another tab"), "what has happened");
    browser.awaitText("state", "closed");
    assertThat(browser.references()).isEmpty();
  }

  @Test
  void shouldLearnOfAnotherTabsSignInAtOnce() {
    signInByCookie(wallet);
    open("test-client.html?all=true&connect=true");
    browser.awaitText("state", "open");
    KeyPair other = KeyPair.random();
    browser.inAnotherTab(server.uri(), () -> signInByCookie(other));

    // when it becomes visible again, it checks before anything is done
    browser.awaitText("sign-in-line", line -> line.contains("Another tab"), "what has happened");
    browser.awaitText("state", "closed");
  }

  private void signInByCookie(KeyPair account) {
    String challenge =
        (String)
            browser.run(
                "return fetch('/v1/auth?account=' + arguments[0])"
                    + ".then(answer => answer.json()).then(json => json.transaction)",
                account.getAccountId());
    assertThat(
            browser.run(
                "return fetch('/v1/auth?cookie=true', {method: 'POST',"
                    + " headers: {'Content-Type': 'application/json'},"
                    + " body: JSON.stringify({transaction: arguments[0]})}).then(answer => answer.status)",
                signed(challenge, account)))
        .isEqualTo(200L);
  }

  private String status(String stream) {
    return server
        .api()
        .get("v1/streams/" + stream, "Authorization", "Bearer " + token(ADMIN, 600))
        .json()
        .path("status")
        .asText();
  }

  @Test
  void shouldUseAWalletThatIsThere() {
    open("test-client.html?all=true");
    browser.run(
        "const address = arguments[0]; window.freighterApi = {"
            + " requestAccess: async () => ({address}),"
            + " signTransaction: xdr => new Promise(done => { window.toSign = xdr; window.signed = done; })}",
        alice);
    browser.awaitText("sign-in", "Sign in");
    browser.click("sign-in");
    browser.click("wallet-freighter");
    await().atMost(Browser.PATIENCE).until(() -> browser.run("return window.toSign") != null);
    browser.run(
        "window.signed({signedTxXdr: arguments[0]})",
        signed((String) browser.run("return window.toSign")));
    browser.awaitText("who", who -> who.startsWith(alice.substring(0, 4)), "the account");
  }

  /** From the button to the sign-out, without a mouse, and never lost after an error. */
  @Test
  void shouldSignInAndOutWithKeysAlone() throws IOException {
    Keyboard keyboard = new Keyboard(browser);
    open("test-client.html");
    browser.awaitText("sign-in", "Sign in");
    keyboard.watch();
    for (CharSequence key : List.of(Keys.ENTER, Keys.SPACE)) {
      keyboard.goTo("sign-in <button");
      browser.press(key);
      keyboard.goRoundTheDialog();
      browser.press(Keys.ESCAPE);
      await().until(() -> browser.count(By.cssSelector("dialog[open]")) == 0);
      assertThat(keyboard.at()).as("where it was before").contains("sign-in <button");
    }

    browser.press(Keys.ENTER);
    keyboard.goTo("wallet-account");
    browser.press(alice);
    browser.press(Keys.ENTER);
    await().atMost(Browser.PATIENCE).until(() -> keyboard.at().contains("wallet-challenge <"));
    keyboard.goRoundTheDialog();
    keyboard.goTo("wallet-submit");
    browser.press(Keys.ENTER);
    browser.awaitText("wallet-form-problem", text -> !text.isEmpty(), "what is missing");
    assertThat(keyboard.at()).as("to try again").contains("wallet-submit");

    keyboard.goTo("token <");
    browser.press(token(alice, -60));
    keyboard.goTo("token-submit");
    browser.press(Keys.SPACE);
    browser.awaitText("token-form-problem", text -> text.contains("expired"), "why");
    assertThat(keyboard.at()).as("to try again").contains("token-submit");
    keyboard.goTo("token <"); // which Tab selects, so that it is typed over
    browser.press(token(alice, 600));
    browser.press(Keys.ENTER);
    browser.awaitText("who", who -> who.startsWith(alice.substring(0, 4)), "the account");
    await().until(() -> keyboard.at().contains("who <button"));

    browser.press(Keys.ENTER);
    keyboard.goRoundTheDialog();
    keyboard.goTo("sign-out");
    browser.press(Keys.ENTER);
    browser.awaitText("sign-in", "Sign in");
    browser.complaints();
  }

  /** The console is for administrators; it asks for nothing as anybody else. */
  @Test
  void shouldShowTheConsoleToAnAdministratorOnly() {
    open("admin/");
    browser.awaitText(
        "state-forbidden", text -> text.contains("Nobody is signed in here"), "for nobody");

    signInWith(token(alice, 600), "tab");
    browser.awaitText(
        "state-forbidden",
        text ->
            text.startsWith("An administrator’s account is needed")
                && text.contains(alice + ", which is not an administrator’s account"),
        "not for this account");
    assertThat(browser.find("feed").isDisplayed()).as("whether a link is shown").isFalse();
    assertThat(askedAsAdministrator()).isEmpty();
    signOut();
    browser.awaitText(
        "state-forbidden", text -> text.contains("Nobody is signed in here"), "for nobody again");

    signInWith(token(ADMIN, 600), "tab");
    browser.awaitText("ready", "ready");
    browser.awaitText("feed", "live");
    assertThat(browser.findAll("state-forbidden")).isEmpty();
    assertThat(browser.text("who")).startsWith(ADMIN.substring(0, 4)).contains("· admin ·");
    assertThat(askedAsAdministrator()).anyMatch(url -> url.endsWith("/v1/admin/stats/history"));
    signOut();
    browser.awaitText(
        "state-forbidden", text -> text.contains("Nobody is signed in here"), "gone with it");
    assertThat(browser.findAll("tiles")).as("the figures").isEmpty();
    assertThat(askedAsAdministrator()).isEmpty();
    assertThat(browser.run("return sessionStorage.length")).isEqualTo(0L);
    assertThat(browser.complaints()).as("nothing was refused").isEmpty();
  }

  private void signOut() {
    browser.click("who");
    browser.click("sign-out");
    browser.awaitText("sign-in", "Sign in");
  }

  /** What is for administrators and was answered whole since the page was loaded. */
  @SuppressWarnings("unchecked")
  private List<String> askedAsAdministrator() {
    return (List<String>)
        browser.run(
            "return performance.getEntriesByType('resource').map(({name}) => name)"
                + ".filter(name => name.includes('/v1/admin/'))");
  }

  @Test
  void shouldNotSendASecretSeedAnywhere() {
    open("test-client.html");
    browser.awaitText("sign-in", "Sign in");
    browser.click("sign-in");
    browser.type("wallet-account", new String(wallet.getSecretSeed()));
    browser.click("wallet-challenge-get");
    browser.awaitText("wallet-form-problem", text -> text.contains("secret seed"), "a warning");
    assertThat(browser.find("wallet-account").getAttribute("value")).isEmpty();
    assertThat(browser.complaints()).as("no request was refused").isEmpty();
  }

  private void open(String page) {
    browser.open(server.uri().resolve(page));
  }

  private void signInWith(String token, String keep) {
    browser.awaitText("sign-in", "Sign in");
    browser.click("sign-in");
    browser.type("token", token);
    browser.find("token-keep").findElement(By.cssSelector("option[value=" + keep + "]")).click();
    browser.click("token-submit");
    await("signed in")
        .atMost(Browser.PATIENCE)
        .untilAsserted(() -> assertThat(browser.findAll("who")).hasSize(1));
  }

  private static String token(String account, int seconds) {
    return TestTokens.token(account, Instant.now().plusSeconds(seconds));
  }

  /** Creates a stream from an account, as the administrator; returns its id. */
  private String create(String sender, String reference) {
    ObjectNode stream = HttpApi.newStream(sender, OtherClient.newAccount());
    stream.put("reference", reference);
    HttpApi.Answer answer =
        server.api().post("v1/streams", stream, "Authorization", "Bearer " + token(ADMIN, 600));
    assertThat(answer.status()).as(answer.body()).isEqualTo(201);
    return answer.json().path("streamId").asText();
  }

  private String signed(String challenge) {
    return signed(challenge, wallet);
  }

  private static String signed(String challenge, KeyPair wallet) {
    try {
      Transaction transaction =
          (Transaction) Transaction.fromEnvelopeXdr(challenge, Network.TESTNET);
      transaction.sign(wallet);
      return transaction.toEnvelopeXdrBase64();
    } catch (Exception e) {
      throw new AssertionError("not a challenge: " + challenge, e);
    }
  }
}
