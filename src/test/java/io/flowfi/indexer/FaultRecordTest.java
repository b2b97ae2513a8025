package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a fault leaves in the store, and what that does to whoever begins. */
class FaultRecordTest {
  private static final Fault FOUND =
      new Fault.OtherChain("7", "https://a.example", "the value differs");

  private static final ChainFault KEPT =
      new ChainFault(FOUND.code(), FOUND.reason(), FOUND.notice());

  private final LogInMemory log = new LogInMemory();
  private final FaultRecord record = new FaultRecord(log);

  FaultRecordTest() {
    log.cursor = Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 100, 100, 1));
  }

  @Test
  void shouldKeepAFaultInTheWordsOfItsTime() throws Exception {
    assertThat(record.isUnchanged()).isTrue();
    assertThat(record.keep(FOUND, log.cursor)).isTrue();
    assertThat(log.fault).contains(KEPT);
    assertThat(record.isUnchanged()).isTrue();
    assertThat(new FaultRecord(log).atBeginning(log.fault, Optional.empty()))
        .contains(new Fault.Recorded(FOUND.code(), FOUND.reason(), FOUND.notice()));
  }

  @Test
  void shouldSeeThatAnAdministratorHasGoneOnElsewhere() throws Exception {
    record.keep(FOUND, log.cursor);
    log.fault = Optional.empty();
    assertThat(record.isUnchanged()).isFalse();
    assertThat(record.atBeginning(log.fault, Optional.of(FOUND)))
        .as("what this node stood at has been ended")
        .isEmpty();
  }

  /** It may not have come to keep it. */
  @Test
  void shouldStandStillAtWhatWasFoundAndNotKept() {
    assertThat(record.atBeginning(Optional.empty(), Optional.of(FOUND))).contains(FOUND);
    Fault passing = new Fault.Unusable("a: it failed");
    assertThat(record.atBeginning(Optional.empty(), Optional.of(passing))).isEmpty();
  }

  @Test
  void shouldNotKeepAFaultWhereAnotherNodeHasGoneOn() throws Exception {
    Optional<ChainCursor> before =
        Optional.of(new ChainCursor(Optional.empty(), Optional.empty(), 99, 100, 1));
    assertThat(record.keep(FOUND, before)).isFalse();
    assertThat(log.fault).isEmpty();
  }
}
