package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitDelayTest {
  private final List<Long> pauses = new ArrayList<>();
  private final CommitDelay delay = new CommitDelay(pauses::add);

  @Test
  void shouldNotWaitForTheFirstBatch() {
    delay.await();

    assertThat(pauses).isEmpty();
  }

  @Test
  void shouldNotWaitWhileFewCommandsCome() {
    delay.took(CommitDelay.SIBLINGS - 1);
    delay.await();

    assertThat(pauses).isEmpty();
  }

  @Test
  void shouldWaitOnceBeforeABatchThatFollowsOneOfMany() {
    delay.took(CommitDelay.SIBLINGS);
    delay.await();
    delay.took(1);
    delay.await();

    assertThat(pauses).containsExactly(CommitDelay.NANOS);
  }
}
