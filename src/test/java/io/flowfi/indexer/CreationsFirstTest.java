package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CreationsFirstTest {
  private static ChainPosition at(int operation, int event) {
    return new ChainPosition(100, 1, operation, event);
  }

  private static List<ChainFact> facts(ReadEvent... events) {
    return Stream.of(events).map(event -> event.fact().orElseThrow()).toList();
  }

  private static List<String> ordered(ReadEvent... events) {
    return CreationsFirst.of(facts(events)).stream()
        .map(fact -> fact.position().operation() + "." + fact.position().event())
        .toList();
  }

  @Test
  void shouldPutACreationBeforeItsFee() {
    assertThat(ordered(ToldEvents.fee(at(0, 0), 7), ToldEvents.created(at(0, 1), 7)))
        .containsExactly("0.1", "0.0");
  }

  @Test
  void shouldKeepEveryStreamOfAnOperationApart() {
    assertThat(
            ordered(
                ToldEvents.fee(at(0, 0), 7),
                ToldEvents.fee(at(0, 1), 8),
                ToldEvents.created(at(0, 2), 8),
                ToldEvents.created(at(0, 3), 7),
                ToldEvents.fee(at(0, 4), 7)))
        .containsExactly("0.3", "0.0", "0.2", "0.1", "0.4");
  }

  /** A creation that goes forward moves everything behind it. */
  @Test
  void shouldPutEachCreationRightBeforeItsOwnFee() {
    assertThat(
            ordered(
                ToldEvents.fee(at(0, 0), 7),
                ToldEvents.fee(at(0, 1), 8),
                ToldEvents.created(at(0, 2), 7),
                ToldEvents.created(at(0, 3), 8)))
        .containsExactly("0.2", "0.0", "0.3", "0.1");
  }

  @Test
  void shouldKeepTheChainsOrderOtherwise() {
    assertThat(
            ordered(
                ToldEvents.fee(at(0, 0), 7),
                ToldEvents.created(at(1, 0), 7),
                ToldEvents.fee(at(1, 1), 8)))
        .containsExactly("0.0", "1.0", "1.1");
  }

  /** A creation cannot come before an earlier transaction: the log takes them in order only. */
  @Test
  void shouldNotReachBeyondItsOperation() {
    for (ChainPosition later :
        List.of(
            new ChainPosition(100, 1, 1, 0),
            new ChainPosition(100, 2, 0, 0),
            new ChainPosition(101, 1, 0, 0))) {
      List<ChainFact> facts = facts(ToldEvents.fee(at(0, 0), 7), ToldEvents.created(later, 7));
      assertThat(CreationsFirst.of(facts)).as("%s", later).isEqualTo(facts);
    }
  }
}
