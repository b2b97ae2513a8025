package io.flowfi;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * For a class that waits hundreds of times for what comes within a moment: it looks at once, and
 * again after pauses that grow. Awaitility by itself first looks after a tenth of a second.
 */
public final class QuickLooks implements BeforeAllCallback, AfterAllCallback {
  private static final Duration FIRST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofMillis(100);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultPollInterval(
        IterativePollInterval.iterative(QuickLooks::longerThan, FIRST));
  }

  private static Duration longerThan(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Awaitility.reset();
  }
}
