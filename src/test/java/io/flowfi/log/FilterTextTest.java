package io.flowfi.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FilterTextTest {
  private static final Address ALICE = new Address(TestAddresses.account(1));
  private static final Address BOB = new Address(TestAddresses.contract(2));

  @Test
  void shouldReadWhatItHasWritten() {
    for (EventFilter filter :
        List.of(
            EventFilter.EVERYTHING,
            new EventFilter(true, Set.of(), Set.of(), Set.of(EventType.STREAM_CREATED)),
            new EventFilter(false, Set.of(new StreamId(1), new StreamId(-1)), Set.of(), Set.of()),
            new EventFilter(
                false,
                Set.of(new StreamId(7)),
                Set.of(ALICE, BOB),
                Set.of(EventType.STREAM_PAUSED, EventType.named("stream.of_tomorrow"))))) {
      for (boolean snapshot : new boolean[] {false, true}) {
        FilterText written = FilterText.of(filter);
        FilterText text = snapshot ? written.withSnapshot() : written;
        assertThat(text.filter()).as(text.text()).isEqualTo(filter);
      }
    }
  }

  @Test
  void shouldTakeNothingElseForAFilter() {
    for (String other :
        List.of(
            "", "all", "streams=x", "users=" + ALICE.strKey() + "x", "types=a", "all=true&x=1")) {
      assertThatThrownBy(() -> new FilterText(other).filter())
          .as(other)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
