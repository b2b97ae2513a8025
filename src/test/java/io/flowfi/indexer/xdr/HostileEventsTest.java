package io.flowfi.indexer.xdr;

import static io.flowfi.indexer.xdr.EventFixture.rpc;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.HostileXdr;
import io.flowfi.simulator.SimulatedEvent;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.stellar.sdk.xdr.SCVal;

/** Events whose bytes are broken: a decode fault, never another value, never a dead thread. */
class HostileEventsTest {
  /** As much as a value of the largest size may need; the tests run in one heap with others. */
  private static final long MOST_ALLOCATED = 100L * XdrReader.MAX_BYTES;

  private final XdrEventDecoder decoder = new XdrEventDecoder(EventFixture.CONTRACT, anomaly -> {});

  static Stream<SimulatedEvent> events() {
    return Stream.concat(EveryEvent.all().stream(), EveryEvent.newAddresses().stream());
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldDecodeNoEventWithABrokenValue(SimulatedEvent event) {
    Optional<StreamId> stream = stream(event);
    for (HostileXdr broken : HostileXdr.of(event.value().xdr())) {
      assertFault(rpc(event.withValue(broken.xdr())), broken.what(), stream);
    }
  }

  @ParameterizedTest
  @MethodSource("events")
  void shouldDecodeNoEventWithABrokenTopic(SimulatedEvent event) {
    for (int i = 0; i < event.topics().size(); i++) {
      for (HostileXdr broken : HostileXdr.of(event.topics().get(i).xdr())) {
        List<ChainValue> topics = new ArrayList<>(event.topics());
        topics.set(i, new ChainValue(broken.xdr(), null));
        assertFault(
            rpc(topics, event.value()), broken.what(), i == 1 ? Optional.empty() : stream(event));
      }
    }
  }

  static Stream<HostileXdr> monsters() {
    return HostileXdr.monsters().stream();
  }

  @ParameterizedTest
  @MethodSource("monsters")
  void shouldDecodeNoMonster(HostileXdr monster) {
    SimulatedEvent event = EveryEvent.all().get(4).withValue(monster.xdr());
    assertFault(rpc(event), monster.what(), stream(event));
    long before = allocated();
    assertFault(rpc(event), monster.what(), stream(event));
    assertThat(allocated() - before).isLessThan(MOST_ALLOCATED);
  }

  /** The SDK 0.44.0 takes the rest of what is cut off for zeros: another account. */
  @Test
  void shouldNotTakeACutAddressForAnother() throws Exception {
    byte[] whole = ChainValue.address(EveryEvent.account(1)).xdr();
    byte[] cut = Arrays.copyOf(whole, whole.length - 4);
    assertThat(SCVal.fromXdrByteArray(cut)).isNotNull();
    assertFault(rpc(EveryEvent.all().get(4).withValue(cut)), "cut", Optional.of(new StreamId(42)));
  }

  @Test
  void shouldDecodeNoEventThatIsTooLargeInAll() {
    ChainValue third = ChainValue.bytes(new byte[XdrReader.MAX_BYTES / 3]);
    List<ChainValue> topics = List.of(ChainValue.symbol("blob"), ChainValue.u64(42), third, third);
    assertThat(decoder.decode(rpc(topics, ChainValue.none())).fact())
        .isInstanceOf(StreamFact.Changed.class);
    assertFault(rpc(topics, third), "three thirds and a bit", Optional.of(new StreamId(42)));
  }

  @Test
  void shouldTurnAnErrorIntoAFaultToo() {
    XdrEventDecoder failing =
        new XdrEventDecoder(
            EventFixture.CONTRACT,
            anomaly -> {
              throw new StackOverflowError();
            });
    List<ChainValue> topics = List.of(ChainValue.symbol("stream_paused"), ChainValue.u64(42));
    assertThatExceptionOfType(UndecodableEventException.class)
        .isThrownBy(() -> failing.decode(rpc(topics, ChainValue.none())))
        .withCauseInstanceOf(StackOverflowError.class)
        .satisfies(fault -> assertThat(fault.stream()).contains(new StreamId(42)));
  }

  @Test
  void shouldDecodePartiesOfKindsThatAreNewerThanTheSdk() {
    for (SimulatedEvent event : EveryEvent.newAddresses()) {
      assertThat(decoder.decode(rpc(event)).fact())
          .isInstanceOfSatisfying(
              StreamFact.Created.class,
              created ->
                  assertThat(event.value().plain().toString())
                      .contains("recipient=" + created.recipient().strKey()));
    }
  }

  /** Any bytes at all give a fact or a fault. */
  @Property(tries = 300)
  void shouldDecodeAnyBytesOrSayThatItCannot(@ForAll @LongRange(min = 0) long seed) {
    Random random = new Random(seed);
    List<SimulatedEvent> all = events().toList();
    for (SimulatedEvent event : all) {
      byte[] value = event.value().xdr().clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        value[random.nextInt(value.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(decoder.decode(rpc(event.withValue(value))).fact()).isNotNull();
      } catch (UndecodableEventException expected) {
        assertThat(expected.stream()).isEqualTo(stream(event));
      }
    }
  }

  private static Optional<StreamId> stream(SimulatedEvent event) {
    return event.stream().map(id -> new StreamId(id.longValue()));
  }

  private void assertFault(RpcEvent event, String what, Optional<StreamId> stream) {
    assertThatExceptionOfType(UndecodableEventException.class)
        .as(what)
        .isThrownBy(() -> decoder.decode(event))
        .withMessageStartingWith("event " + EventFixture.ID)
        .satisfies(fault -> assertThat(fault.stream()).isEqualTo(stream));
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
