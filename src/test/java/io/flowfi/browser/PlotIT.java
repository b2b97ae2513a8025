package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the console's plots draw, which their tables do not say. */
@Timeout(60)
class PlotIT {
  @RegisterExtension
  static final BrowserSession<StaticPages> SESSION = new BrowserSession<>(StaticPages::start);

  private final Browser browser = SESSION.browser();

  @BeforeEach
  void showAPlot() {
    browser.prefer("light");
    browser.open(SESSION.server().uri().resolve("test-client.html"));
    browser.run(
        "return import('/admin/plots.js').then(async ({Plot, loadPlots}) => {"
            + "  const lines = [{name: 'all', column: 'all', colour: '--accent'}];"
            + "  window.plot = new Plot(await loadPlots(), 'Events', lines, String, true);"
            + "  document.body.prepend(plot.element);"
            + "})");
  }

  private void show(String values) {
    browser.run("plot.show({time: [1000, 1300, 1600], columns: {all: " + values + "}})");
    browser.run(
        "return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
  }

  private String picture() {
    return (String) browser.run("return document.querySelector('.plot canvas').toDataURL()");
  }

  @Test
  void shouldLeaveAGapWhereNothingIsKnown() {
    show("[1, 1, 1]");
    String line = picture();
    show("[1, null, 1]");
    assertThat(picture()).isNotEqualTo(line);
    show("[1, 1, 1]");
    assertThat(picture()).as("of the same values").isEqualTo(line);
  }

  /** Not only with the next sample: that may be long in coming. */
  @Test
  void shouldTakeTheColoursThatTheSystemAsksForAtOnce() {
    show("[1, 2, 1]");
    String light = picture();
    browser.prefer("dark");
    await().until(() -> !picture().equals(light));
    browser.prefer("light");
    await().until(() -> picture().equals(light));
  }
}
