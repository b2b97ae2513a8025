package io.flowfi.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.it.TestAddresses;
import io.flowfi.log.EventFilter;
import io.flowfi.log.SavedFilters;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FiltersInMemoryTest {
  private static final Duration LIFETIME = SavedFilters.LIFETIME;

  private long nanos = Long.MAX_VALUE - 5; // it may overflow
  private final SavedFilters filters = new FiltersInMemory(() -> nanos, 100);

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private static Optional<Address> owner(int number) {
    return Optional.of(new Address(TestAddresses.account(number)));
  }

  private static EventFilter streams(long from, long to) {
    return new EventFilter(
        false,
        LongStream.rangeClosed(from, to)
            .mapToObj(id -> StreamId.parse("streams", Long.toString(id)))
            .collect(Collectors.toSet()),
        Set.of(),
        Set.of());
  }

  @Test
  void shouldRefuseWhatThereIsNoRoomForAndHaveRoomAgainWhenItHasForgotten() {
    SavedFilters.Kept first = filters.keep(owner(1), streams(1, 90));
    assertThat(first.refusal()).isNull();
    SavedFilters.Kept second = filters.keep(owner(2), streams(1, 3));
    assertThat(second.refusal()).isEqualTo(SavedFilters.Refusal.FULL);
    assertThat(filters.find(owner(1), first.id())).hasValue(streams(1, 90));

    pass(LIFETIME);
    assertThat(filters.keep(owner(2), streams(1, 3)).refusal()).isNull();
    assertThat(filters.find(owner(1), first.id())).isEmpty();
  }

  @Test
  void shouldForgetAFilterThatWasNotUsed() {
    String old = filters.keep(owner(1), streams(1, 1)).id();
    String used = filters.keep(owner(1), streams(2, 2)).id();
    pass(LIFETIME.minusSeconds(1));
    assertThat(filters.find(owner(1), used)).isPresent();
    pass(Duration.ofSeconds(1));
    assertThat(filters.find(owner(1), used)).isPresent();
    assertThat(filters.find(owner(1), old)).isEmpty();
  }

  @Test
  void shouldNameTheSameFilterAlikeAndKeepItForEachOwner() {
    String ones = filters.keep(owner(1), streams(1, 2)).id();
    assertThat(filters.find(owner(2), ones)).isEmpty();
    assertThat(filters.keep(owner(2), streams(1, 2)).id()).isEqualTo(ones);
    assertThat(filters.find(owner(2), ones)).isPresent();
    assertThat(filters.find(Optional.empty(), ones)).isEmpty();
  }
}
