package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainPosition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The last known event is asked for behind this: it must be the first one of the answer. */
class EventIdTest {
  @ParameterizedTest
  @CsvSource({"0", "1", "7"})
  void shouldBeBehindTheIdBeforeIt(int event) {
    EventId id = EventId.of(new ChainPosition(100, 2, 3, event));
    EventId before = id.before();
    assertThat(before).isLessThan(id);
    if (event > 0) {
      assertThat(before.position()).isEqualTo(new ChainPosition(100, 2, 3, event - 1));
    } else {
      assertThat(before.position()).isEqualTo(new ChainPosition(100, 2, 2, 0));
    }
    assertThat(EventId.parse(before.toString())).isEqualTo(before);
  }
}
