package io.flowfi.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class EventFilterTest {
  private static final Address ALICE = new Address(TestAddresses.account(1));
  private static final Address BOB = new Address(TestAddresses.account(2));
  private static final Address CAROL = new Address(TestAddresses.account(3));
  private static final StreamId SEVEN = new StreamId(7);

  private static final LoggedEvent WITHDRAWN =
      new LoggedEvent(
          new LogPosition(1),
          EventType.STREAM_WITHDRAWN,
          Optional.of(SEVEN),
          Optional.of(ALICE),
          Optional.of(BOB),
          0,
          "{}");

  @Test
  void shouldSelectNothing() {
    assertThat(EventFilter.NOTHING.matches(WITHDRAWN)).isFalse();
    assertThat(EventFilter.NOTHING.matches(PROTOCOL)).isFalse();
    Set<EventType> types = Set.of(EventType.STREAM_WITHDRAWN);
    assertThatIllegalArgumentException()
        .as("types narrow what is selected, and select nothing")
        .isThrownBy(() -> new EventFilter(false, Set.of(), Set.of(), types));
  }

  private static final LoggedEvent PROTOCOL =
      new LoggedEvent(
          new LogPosition(2),
          EventType.PROTOCOL_INITIALIZED,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          0,
          "{}");

  private static EventFilter filter(
      Set<StreamId> streams, Set<Address> users, Set<EventType> types) {
    return new EventFilter(false, streams, users, types);
  }

  @Test
  void shouldMatchEverythingByAll() {
    assertThat(EventFilter.EVERYTHING.matches(WITHDRAWN)).isTrue();
    assertThat(EventFilter.EVERYTHING.matches(PROTOCOL)).isTrue();
  }

  @Test
  void shouldMatchStreamOrSenderOrRecipient() {
    assertThat(filter(Set.of(SEVEN), Set.of(), Set.of()).matches(WITHDRAWN)).isTrue();
    assertThat(filter(Set.of(), Set.of(ALICE), Set.of()).matches(WITHDRAWN)).isTrue();
    assertThat(filter(Set.of(), Set.of(BOB), Set.of()).matches(WITHDRAWN)).isTrue();
    assertThat(filter(Set.of(new StreamId(8)), Set.of(BOB), Set.of()).matches(WITHDRAWN)).isTrue();
    assertThat(filter(Set.of(SEVEN), Set.of(CAROL), Set.of()).matches(WITHDRAWN)).isTrue();
    assertThat(filter(Set.of(new StreamId(8)), Set.of(CAROL), Set.of()).matches(WITHDRAWN))
        .isFalse();
  }

  @Test
  void shouldKeepProtocolEventsForSubscribersToAll() {
    assertThat(filter(Set.of(SEVEN), Set.of(ALICE), Set.of()).matches(PROTOCOL)).isFalse();
  }

  @Test
  void shouldNarrowByType() {
    assertThat(
            filter(Set.of(SEVEN), Set.of(), Set.of(EventType.STREAM_WITHDRAWN)).matches(WITHDRAWN))
        .isTrue();
    assertThat(filter(Set.of(SEVEN), Set.of(), Set.of(EventType.STREAM_PAUSED)).matches(WITHDRAWN))
        .isFalse();
    EventFilter paused = new EventFilter(true, Set.of(), Set.of(), Set.of(EventType.STREAM_PAUSED));
    assertThat(paused.matches(WITHDRAWN)).isFalse();
  }

  @Test
  void shouldAskForSomething() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filter(Set.of(), Set.of(), Set.of(EventType.STREAM_PAUSED)))
        .withMessageContaining("needs all, a stream or a user");
  }

  @Test
  void shouldBoundItsValues() {
    Set<StreamId> most =
        LongStream.range(0, EventFilter.MAX_VALUES)
            .mapToObj(StreamId::new)
            .collect(Collectors.toSet());
    assertThat(filter(most, Set.of(), Set.of()).streams()).hasSize(256);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> filter(most, Set.of(ALICE), Set.of()))
        .withMessageContaining("256");
  }
}
