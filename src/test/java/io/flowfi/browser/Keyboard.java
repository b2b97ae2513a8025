package io.flowfi.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openqa.selenium.Keys;

/** Somebody without a mouse, and where the focus is: {@code src/test/pages/keyboard.js} tells. */
final class Keyboard {
  /** More stops than any page has: whoever needs more goes in a circle that leaves some out. */
  static final int MOST_STOPS = 120;

  private final Browser browser;

  Keyboard(Browser browser) {
    this.browser = browser;
  }

  /** From now on what has the focus in the page that is open. */
  void watch() throws IOException {
    browser.run(Files.readString(Path.of("src/test/pages/keyboard.js")));
  }

  /** What a function of the script says. */
  String report(String function) {
    return (String) browser.run("return keyboard." + function + "()");
  }

  /** The element that has the focus. */
  String at() {
    return report("at");
  }

  /** Goes on with Tab until the focus is at an element by the name that the script gives it. */
  void goTo(String name) {
    List<String> stops = new ArrayList<>();
    for (int i = 0; i < MOST_STOPS; i++) {
      if (at().contains(name)) {
        return;
      }
      browser.press(Keys.TAB);
      stops.add(at());
    }
    assertThat(stops).as("a way to " + name).contains(name);
  }

  /** From where the focus is in an open dialog to everything in it, never behind it, and back. */
  void goRoundTheDialog() {
    String first = at();
    assertThat(report("place")).as(first).isEqualTo("in the dialog");
    String at = first;
    int stops = 0;
    do {
      if (report("place").equals("in the dialog")) {
        assertThat(report("unseen")).as("how one sees " + at).isEmpty();
      }
      browser.press(Keys.TAB);
      at = at();
      assertThat(report("place")).as(at).isIn("in the dialog", "of the browser");
      assertThat(++stops).as("no trap").isLessThan(MOST_STOPS);
    } while (!at.equals(first));
    assertThat(report("missing")).as("what Tab does not come to").isEmpty();
  }
}
