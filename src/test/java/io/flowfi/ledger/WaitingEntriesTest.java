package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class WaitingEntriesTest {
  private final WaitingEntries entries = new WaitingEntries(100);
  private long ledger;

  private static Waiting<Receipt> command() {
    return new Waiting<>(
        CommandRequest.of(LedgerFixture.topUp(1, 1, "r")), new CompletableFuture<>(), 0);
  }

  private Waiting<AppliedFacts> lot(int facts) {
    List<ChainFact> all = new ArrayList<>();
    for (int i = 0; i < facts; i++) {
      all.add(ChainFixture.fact(++ledger, ChainFixture.withdrawn(1)));
    }
    return new Waiting<>(
        new ChainFacts(
            ChainFixture.cursor(ledger - facts), List.of(), all, ChainFixture.cursor(ledger)),
        new CompletableFuture<>(),
        0);
  }

  private List<Waiting<?>> take(int most, int mostFacts) {
    List<Waiting<?>> batch = new ArrayList<>();
    entries.take(batch, most, mostFacts);
    return batch;
  }

  @Test
  void shouldTakeAsManyLotsAsTheirFactsAllowButAlwaysOne() {
    List<Waiting<?>> lots = List.of(lot(5), lot(5), lot(5), lot(50));
    lots.forEach(entries::offer);
    assertThat(take(100, 14)).containsExactly(lots.get(0), lots.get(1));
    assertThat(take(100, 1)).containsExactly(lots.get(2));
    assertThat(take(100, 1)).containsExactly(lots.get(3));
    assertThat(take(100, 1)).isEmpty();
  }

  @Test
  void shouldLetCommandsOvertakeTheChainAndTakeOneLotAlong() {
    List<Waiting<?>> lots = List.of(lot(5), lot(5), lot(5));
    lots.forEach(entries::offer);
    Waiting<?> one = command();
    Waiting<?> other = command();
    entries.offer(one);
    entries.offer(other);
    assertThat(take(100, 1000)).containsExactly(one, other, lots.get(0));
    assertThat(take(100, 1000)).containsExactly(lots.get(1), lots.get(2));
  }

  @Test
  void shouldCountALotAndAnAdministratorsActAmongTheEntriesOfABatch() {
    Waiting<?> repair =
        new Waiting<>(new ChainRepair.Verified(List.of()), new CompletableFuture<>(), 0);
    List<Waiting<?>> all = List.of(lot(1), repair, lot(1));
    all.forEach(entries::offer);
    assertThat(take(2, 1000)).containsExactly(all.get(0), repair);
    assertThat(take(2, 1000)).containsExactly(all.get(2));
  }

  @Test
  void shouldHaveRoomForSoManyInBothLines() {
    WaitingEntries small = new WaitingEntries(2);
    Waiting<?> first = command();
    assertThat(small.offer(first)).isTrue();
    assertThat(small.offer(lot(1))).isTrue();
    assertThat(small.offer(command())).isFalse();
    assertThat(small.offer(lot(1))).isFalse();
    assertThat(small.remove(first)).isTrue();
    assertThat(small.remove(first)).isFalse();
    assertThat(small.offer(lot(1))).isTrue();
    assertThat(small.size()).isEqualTo(2);
    assertThat(small.drain()).hasSize(2);
    assertThat(small.size()).isZero();
  }

  @Test
  void shouldWakeWhoWaitsWhenThereWillBeNoMore() throws InterruptedException {
    Thread closer = new Thread(entries::close);
    closer.start();
    assertThat(entries.await(60_000)).isFalse();
    closer.join();
    entries.offer(command());
    assertThat(entries.await(60_000)).isTrue();
  }
}
