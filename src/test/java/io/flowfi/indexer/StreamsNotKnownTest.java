package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.created;
import static io.flowfi.indexer.ToldEvents.told;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Amount;
import io.flowfi.payment.Parties;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Of which streams the contract is asked, and what is made of its answer. */
class StreamsNotKnownTest {
  private final ContractInMemory contract = new ContractInMemory();
  private final StreamsNotKnown streams = new StreamsNotKnown(contract, contract);
  private int events;

  private ReadEvent withdrawal(long stream) {
    return told(
        next(),
        new StreamFact.Withdrawn(new StreamId(stream), Parties.NONE, Amount.of(1)),
        "tokens_withdrawn");
  }

  private ReadEvent creation(long stream) {
    return created(next(), stream);
  }

  private ChainPosition next() {
    return new ChainPosition(100, 1, 0, events++);
  }

  private static List<ChainFact> facts(ReadEvent... events) {
    return Arrays.stream(events).map(event -> event.fact().orElseThrow()).toList();
  }

  private static Set<StreamId> ids(long... ids) {
    Set<StreamId> all = new LinkedHashSet<>();
    LongStream.of(ids).forEach(id -> all.add(new StreamId(id)));
    return all;
  }

  private void isStored(long id) {
    contract.stream(new StreamId(id));
    contract.streams.remove(new StreamId(id));
  }

  @Test
  void shouldSeekWhatNeitherTheLogNorACreationTells() {
    contract.stream(new StreamId(3));
    assertThat(
            streams.in(
                facts(
                    withdrawal(1),
                    creation(2),
                    withdrawal(2),
                    withdrawal(3),
                    withdrawal(4),
                    creation(4), // too late to be its beginning
                    told(next(), new ProtocolFact.Changed("opened", "null"), "opened"))))
        .isEqualTo(ids(1, 4));
  }

  /** So that memory is bounded; what is forgotten is looked up again. */
  @Test
  void shouldForgetTheFirstOfVeryManyStreams() {
    streams.in(facts(creation(1)));
    assertThat(streams.in(facts(withdrawal(1)))).isEmpty();
    for (long stream = 2; stream <= 50_001; stream++) {
      streams.in(facts(creation(stream)));
    }
    assertThat(streams.in(facts(withdrawal(1)))).isEqualTo(ids(1));
    assertThat(streams.in(facts(withdrawal(50_001)))).isEmpty();
  }

  @Test
  void shouldSeekAStreamOnce() {
    contract.stream(new StreamId(3));
    isStored(1);
    assertThat(streams.in(facts(creation(2), withdrawal(1), withdrawal(3)))).isEqualTo(ids(1));
    assertThat(streams.entries(ids(1, 5), contract))
        .extracting(StreamEntry::id)
        .containsExactly(new StreamId(1));
    contract.streams.clear(); // whatever the log has by now
    assertThat(streams.in(facts(withdrawal(1), withdrawal(2), withdrawal(3), withdrawal(5))))
        .isEmpty();
    streams.forget();
    assertThat(streams.in(facts(withdrawal(1), withdrawal(2), withdrawal(3), withdrawal(5))))
        .isEqualTo(ids(1, 2, 3, 5));
  }

  @Test
  void shouldAskForAsManyEntriesAtOnceAsANodeAllows() {
    long[] all = LongStream.rangeClosed(1, 450).toArray();
    LongStream.of(all).forEach(this::isStored);
    assertThat(streams.entries(ids(all), contract))
        .extracting(StreamEntry::id)
        .containsExactlyInAnyOrderElementsOf(ids(all));
    assertThat(contract.calls).containsExactly(200, 200, 50);
  }

  /** Its events make its row then, which is unverified. */
  @Test
  void shouldLeaveOutAnEntryThatItCannotRead() {
    isStored(1);
    contract.unreadable =
        new UndecodableEventException("byte 7 is wrong", Optional.of(new StreamId(1)), null);
    assertThat(streams.entries(ids(1), contract)).isEmpty();
  }
}
