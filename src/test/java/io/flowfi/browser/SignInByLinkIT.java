package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.it.TomcatServer;
import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The links that {@code mvn -Psecured} prints. */
@Timeout(180)
class SignInByLinkIT {
  @RegisterExtension
  static final BrowserSession<TomcatServer> SESSION =
      new BrowserSession<>(
          () ->
              TomcatServer.start(
                  Map.of(
                      "FLOWFI_SECURED",
                      "true",
                      "FLOWFI_CLASSES",
                      System.getProperty("flowfi.classes"))));

  private final TomcatServer server = SESSION.server();
  private final Browser browser = SESSION.browser();

  @Test
  void shouldSignInAndLeaveNoTokenInTheAddress() {
    browser.open(link("start page"));
    browser.awaitText("who", who -> who.contains("admin"), "the administrator");
    browser.awaitText("fact-mode", "secured");
    assertThat((String) browser.run("return location.href")).doesNotContain("token", "eyJ");

    browser.open(link("test client"));
    browser.awaitText("who", who -> who.contains("admin"), "the administrator");
    browser.click("connect");
    browser.awaitText("state", "open");

    browser.open(link("console"));
    browser.awaitText("ready", "ready");
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void shouldShowThatABadTokenSignsNobodyIn() {
    browser.open(server.uri());
    browser.run("sessionStorage.clear()");
    browser.open(URI.create("about:blank"));
    browser.open(server.uri().resolve("/#token=eyJ.x.y"));
    browser.awaitText("sign-in-line", line -> line.contains("Sign in to see yours"), "an offer");
    assertThat((String) browser.run("return location.href")).doesNotContain("token");
    browser.complaints();
  }

  private URI link(String page) {
    Pattern printed = Pattern.compile("\n  " + page + " +(http\\S+)\n");
    await().until(() -> printed.matcher(server.log()).find());
    Matcher line = printed.matcher(server.log());
    assertThat(line.find()).isTrue();
    return URI.create(line.group(1));
  }
}
