package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private final Attempts attempts = new Attempts("what is tried");

  /** A connection that is made in vain takes 700 ms at most: together it is below a second. */
  @Test
  void shouldNeverPauseForLongerThanAChannelMayBeBackUnused() {
    long longest = 0;
    for (int attempt = 0; attempt < 1000; attempt++) {
      attempts.failed(new IllegalStateException("away"));
      longest = Math.max(longest, attempts.nextPause().toMillis());
    }
    assertThat(longest).isBetween(200L, 250L);
  }

  @Test
  void shouldTryAgainSoonAfterASuccess() {
    for (int attempt = 0; attempt < 10; attempt++) {
      attempts.nextPause();
    }
    attempts.succeeded();
    assertThat(attempts.nextPause()).isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
    assertThat(attempts.nextPause()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
  }

  @Test
  void shouldNotPauseAfterItsEnd() throws Exception {
    attempts.end();
    attempts.pause();
    assertThat(attempts.hasEnded()).isTrue();
  }
}
