package io.flowfi.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.logs.LoggedLines;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class RepeatedTaskTest {
  private final AtomicInteger runs = new AtomicInteger();
  private Error failure;
  private final RepeatedTask task =
      new RepeatedTask(
          "the look",
          () -> {
            runs.incrementAndGet();
            if (failure != null) {
              throw failure;
            }
          });

  @Test
  void shouldGoOnAfterErrorsAndSayOnceThatItFailsAndOnceThatItWorks() {
    try (LoggedLines log = LoggedLines.of(RepeatedTask.class)) {
      task.run();
      assertThat(task.isFailing()).isFalse();
      failure = new LinkageError("a class is missing");
      task.run();
      task.run();
      assertThat(task.isFailing()).isTrue();
      assertThat(log.lines()).containsExactly("SEVERE the look has failed and is tried again");
      failure = null;
      task.run();
      task.run();
      assertThat(task.isFailing()).isFalse();
      assertThat(log.lines()).hasSize(2).endsWith("INFO the look works again");
      assertThat(runs).hasValue(5);
    }
  }

  /** An error may hit the log as well, for want of memory for one. */
  @Test
  void shouldSayWithTheNextFailureWhatCouldNotBeSaid() {
    Handler full =
        new Handler() {
          @Override
          public void publish(LogRecord said) {
            throw new LinkageError("a class is missing");
          }

          @Override
          public void flush() {
            // nothing is kept
          }

          @Override
          public void close() {
            // nothing is open
          }
        };
    failure = new LinkageError("a class is missing");
    Logger logger = Logger.getLogger(RepeatedTask.class.getName());
    logger.addHandler(full);
    try {
      task.run();
    } finally {
      logger.removeHandler(full);
    }
    assertThat(task.isFailing()).isTrue();
    try (LoggedLines log = LoggedLines.of(RepeatedTask.class)) {
      task.run();
      assertThat(log.lines()).hasSize(1);
    }
  }
}
