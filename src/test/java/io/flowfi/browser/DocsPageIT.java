package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TomcatServer;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page of the API, with a real server and a real browser. */
class DocsPageIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(() -> TomcatServer.start(Map.of()));

  private final TomcatServer server = SESSION.server();
  private final OtherClient other = new OtherClient(server);
  private final Browser browser = SESSION.browser();

  @BeforeEach
  void open() {
    // another address first: the same one with another anchor would not be loaded again
    browser.open(server.uri());
    browser.open(server.uri().resolve("docs/"));
    await().atMost(Browser.PATIENCE).until(() -> !browser.findAll("try-subscribe").isEmpty());
  }

  /** Opens the form of an operation. */
  private WebElement form(String operation) {
    browser.run(
        "const form = document.querySelector(`[data-testid=\"try-${arguments[0]}\"]`);"
            + "form.closest('details').open = true; form.scrollIntoView()",
        operation);
    return browser.find("try-" + operation);
  }

  private void send(WebElement form) {
    browser.run("arguments[0].requestSubmit()", form);
  }

  private static void awaitIn(WebElement form, String testId, String... expected) {
    await()
        .atMost(Browser.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(form.findElement(Browser.byTestId(testId)).getText())
                    .contains(expected));
  }

  @Test
  void shouldBeReadable() {
    assertThat(browser.find("contents").findElements(By.cssSelector("a"))).hasSizeGreaterThan(60);
    browser.look(1440, 1300, "light");
    browser.screenshot("docs-light");
    browser.look(1440, 1300, "dark");
    browser.screenshot("docs-dark");
    browser.run("document.getElementById('createStream').scrollIntoView()");
    browser.look(500, 1300, "light");
    browser.screenshot("docs-narrow");
    assertThat(
            browser.run(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .isEqualTo(0L);
    browser.look(1440, 1300, "light");
    assertThat(browser.complaints()).isEmpty();
  }

  /** But a zip. */
  @Test
  void shouldShowAnExampleOfEveryGoodAnswerWithABody() {
    assertThat(
            browser.run(
                "const bodies = [...document.querySelectorAll('.answers > li')]"
                    + ".filter(li => li.querySelector('.status[data-tone=ok]') && li.querySelector('details > div'));"
                    + "return bodies.length + ' ' + bodies.flatMap(li => [...li.querySelectorAll('details > div')])"
                    + ".filter(div => !div.querySelector('.example')).map(div => div.querySelector('code').textContent)"))
        .asString()
        .matches("[5-9][0-9] application/zip");
    browser.run("document.querySelector('#subscribe .answers details').open = true");
    assertThat(browser.run("return document.querySelector('#subscribe .example').innerText"))
        .asString()
        .contains("event: stream.withdrawn\ndata: {\"streamId\":\"7\",", "event: heartbeat");
    browser.run("document.querySelector('#subscribe .answers').scrollIntoView()");
    browser.look(1440, 1300, "light");
    browser.screenshot("docs-example");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldHaveATargetForEachOfItsLinks() {
    assertThat(
            browser.run(
                "return [...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.hash.slice(1))"
                    + ".filter(id => id !== '' && document.getElementById(id) === null).join()"))
        .isEqualTo("");
    for (WebElement link :
        browser.find("contents").findElements(By.xpath("//a[@class='button']"))) {
      String path = URI.create(link.getAttribute("href")).getRawPath();
      assertThat(other.statusOf(path)).as(path).isEqualTo(200);
    }
  }

  @Test
  void shouldFilterItsContents() {
    browser.type("search", "top-up");
    assertThat(browser.text("contents")).contains("Add to the deposit").doesNotContain("Withdraw");
  }

  @Test
  void shouldSendACommandAndShowTheStreamOfEventsAsTheyCome() {
    WebElement subscribe = form("subscribe");
    send(subscribe);
    awaitIn(subscribe, "result", "200");
    awaitIn(subscribe, "blocks", "\"type\": \"connected\"");

    WebElement create = form("createStream");
    send(create);
    awaitIn(create, "result", "201", "\"status\": \"ACTIVE\"");
    awaitIn(subscribe, "blocks", "stream.created");
    form("subscribe");
    browser.screenshot("docs-events");

    subscribe.findElement(By.xpath(".//button[text()='Stop']")).click();
    awaitIn(subscribe, "result", "stopped");
    assertThat(browser.complaints()).isEmpty();
  }

  /** A browser takes the focus from a button that is disabled, as these are while they work. */
  @Test
  void shouldKeepTheKeyboardAtAButtonThatWorks() {
    WebElement get = form("getStream");
    get.findElement(By.name("id")).clear();
    get.findElement(By.name("id")).sendKeys("99999");
    browser.holdRequests();
    browser.pressEnterAt(button(get, "Send"));
    browser.releaseRequests();
    awaitIn(get, "result", "404");
    awaitFocus(get, "Send");

    WebElement subscribe = form("subscribe");
    browser.holdRequests();
    browser.pressEnterAt(button(subscribe, "Send"));
    browser.releaseRequests();
    awaitIn(subscribe, "blocks", "\"type\": \"connected\"");
    awaitFocus(subscribe, "Stop");
    browser.pressEnterAt(button(subscribe, "Stop"));
    awaitIn(subscribe, "result", "stopped");
    awaitFocus(subscribe, "Send");
    browser.complaints(); // the browser reports the 404
  }

  private static WebElement button(WebElement form, String words) {
    return form.findElement(By.xpath(".//button[text()='" + words + "']"));
  }

  private void awaitFocus(WebElement form, String words) {
    await().untilAsserted(() -> assertThat(browser.focused()).isEqualTo(button(form, words)));
  }

  @Test
  void shouldShowTheProblemOfARefusedRequest() {
    WebElement get = form("getStream");
    WebElement id = get.findElement(By.name("id"));
    id.clear();
    id.sendKeys("99999");
    send(get);
    awaitIn(get, "result", "404", "there is no stream 99999");
    assertThat(get.getText()).contains("curl -N '" + server.uri() + "v1/streams/99999'");
    browser.complaints(); // the browser reports the 404
  }
}
