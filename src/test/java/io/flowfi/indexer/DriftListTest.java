package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.Drift.Difference;
import io.flowfi.indexer.Drift.With;
import io.flowfi.payment.StreamId;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriftListTest {
  private final DriftList drifts = new DriftList();

  private static Drift drift(long stream) {
    return new Drift(
        new StreamId(stream),
        Instant.EPOCH,
        900,
        List.of(new Difference(With.CONTRACT, "withdrawnAmount", "0", "70")));
  }

  @Test
  void shouldCountWhatItHasNoRoomFor() {
    for (long stream = 1; stream <= DriftList.MOST + 2; stream++) {
      drifts.found(drift(stream));
    }
    assertThat(drifts.size()).isEqualTo(DriftList.MOST);
    assertThat(drifts.found()).isEqualTo(DriftList.MOST + 2);
    drifts.settled(new StreamId(1));
    drifts.found(drift(DriftList.MOST + 3L));
    assertThat(drifts.all()).hasSize(DriftList.MOST).contains(drift(DriftList.MOST + 3L));
  }
}
