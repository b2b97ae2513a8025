package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChainBatchTest {
  private static final ChainFact FIRST = fact(10);
  private static final ChainFact SECOND = fact(11);

  private final ChainBatch batch =
      new ChainBatch(new OtherEventInTheLog(), 1_790_000_000, id -> null);

  private static ChainFact fact(long ledger) {
    return ChainFixture.fact(ledger, new ProtocolFact.Changed("opened", "null"));
  }

  private static ChainFacts lot(ChainFact... facts) {
    return new ChainFacts(Optional.empty(), List.of(), List.of(facts), Optional.empty());
  }

  /** Or the same event, in another lot of the batch, would be taken for known and be lost. */
  @Test
  void shouldKeepNothingOfALotThatFails() {
    assertThatThrownBy(() -> batch.apply(lot(FIRST, SECOND), 0))
        .isInstanceOf(OtherChainException.class);
    assertThat(batch.changes().facts()).isEmpty();
    assertThat(batch.apply(lot(FIRST), 0).events()).hasSize(1);
    assertThat(batch.changes().facts()).hasSize(1);
  }

  private static ChainFact at(long ledger, int transaction, int event) {
    return new ChainFact(
        new ProtocolFact.Changed("opened", "null"),
        new ChainPosition(ledger, transaction, 0, event),
        ChainFixture.HASH,
        ChainFixture.CLOSED_AT,
        "opened",
        new byte[32],
        Optional.empty());
  }

  /** A fee comes before the creation that it belongs to; nothing else is moved. */
  @Test
  void shouldTakeFactsInTheChainsOrderButWithinATransactionInAny() {
    assertThat(lot(at(10, 2, 1), at(10, 2, 0), at(10, 3, 0), at(11, 1, 0)).facts()).hasSize(4);
    for (ChainFact later : List.of(at(10, 3, 0), at(11, 1, 0), at(11, 3, 0))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> lot(later, at(10, 2, 0)))
          .withMessage("facts must be in the chain's order");
    }
  }

  /** The log has another event at the second one's place. */
  private static final class OtherEventInTheLog implements LedgerSession {
    @Override
    public List<KnownFact> knownFacts(long fromLedger, long toLedger) {
      return toLedger < SECOND.position().ledger()
          ? List.of()
          : List.of(
              new KnownFact(
                  SECOND.position(),
                  SECOND.transactionHash(),
                  "of other bytes",
                  SECOND.name(),
                  Optional.empty(),
                  new LogPosition(1)));
    }

    @Override
    public LedgerState begin(Set<StreamId> streams, Set<StoredKey.Id> keys) {
      throw new UnsupportedOperationException();
    }

    @Override
    public TakenIds takenFrom(long from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ChainCursor> chainCursor() {
      return Optional.empty();
    }

    @Override
    public Optional<ChainFault> chainFault() {
      return Optional.empty();
    }

    @Override
    public void commit(LedgerChanges changes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean holds(LostCommitException lost) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      // holds nothing
    }
  }
}
