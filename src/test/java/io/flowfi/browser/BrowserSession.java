package io.flowfi.browser;

import io.flowfi.servers.Needed;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.openqa.selenium.WebDriverException;

/**
 * The start of every browser test: a server and a Chromium, for all tests of a class. Register it
 * in a static field, and read what it has started in the fields of the instance, which are created
 * later:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BrowserSession<TomcatServer> SESSION =
 *     new BrowserSession<>(() -> TomcatServer.start(Map.of()));
 *
 * private final TomcatServer server = SESSION.server();
 * private final Browser browser = SESSION.browser();
 * }</pre>
 */
final class BrowserSession<S extends AutoCloseable>
    implements ExecutionCondition, BeforeAllCallback, AfterAllCallback {
  private final Supplier<S> start;
  private S server;
  private Browser browser;

  /**
   * @param start starts the server; not called where there is no browser
   */
  BrowserSession(Supplier<S> start) {
    this.start = start;
  }

  /**
   * Skips the class where there is no browser and none is required. A condition, because Maven only
   * counts and names tests that a condition skips: after a failed assumption before all tests it
   * reports "Tests run: 0".
   */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return Browser.isInstalled() || Needed.areRequired()
        ? ConditionEvaluationResult.enabled("there is a Chromium, or there must be one")
        : ConditionEvaluationResult.disabled(
            "no Chromium here; install Debian's packages chromium and chromium-driver to run the browser tests");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // who waits looks again: the page may be about to create what is looked for, or to replace it
    Awaitility.setDefaultTimeout(Browser.PATIENCE);
    Awaitility.ignoreExceptionsByDefaultMatching(WebDriverException.class::isInstance);
    server = start.get();
    browser = Browser.start();
  }

  /** Also called after a start that failed half-way, or was skipped. */
  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Awaitility.reset();
    try (S startedFirst = server;
        Browser startedLast = browser) {
      // closed in reverse order, each even if the other one fails
    }
  }

  S server() {
    return server;
  }

  Browser browser() {
    return browser;
  }
}
