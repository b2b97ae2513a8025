package io.flowfi.indexer.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitsTest {
  /** Above the 10 s at which the server gives up, below the 25 s at which its queue does. */
  @Test
  void shouldGiveAnAnswerAsMuchTimeAndRoomAsIsPromised() {
    assertThat(Limits.STANDARD.connect()).isEqualTo(Duration.ofSeconds(5));
    assertThat(Limits.STANDARD.answer()).isEqualTo(Duration.ofSeconds(15));
    assertThat(Limits.STANDARD.call()).isEqualTo(Duration.ofSeconds(20));
    assertThat(Limits.STANDARD.bodyBytes()).isEqualTo(32 * 1024 * 1024);
  }
}
