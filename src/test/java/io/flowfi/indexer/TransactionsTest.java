package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.created;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.ChainPosition;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What one node has told and another, or the same later, has not. */
class TransactionsTest {
  private static final ReadEvent FIRST = created(at(0), 1);
  private static final ReadEvent SECOND = created(at(1), 2);

  private final Transactions transactions = new Transactions();

  private static ChainPosition at(int event) {
    return new ChainPosition(100, 1, 0, event);
  }

  @Test
  void shouldNotMissWhatComesBehindAFullPage() {
    assertThat(transactions.add("one", List.of(FIRST, SECOND), 100)).isEmpty();
    transactions.dropTail();
    assertThat(transactions.add("other", List.of(FIRST), -1)).isEmpty();
    assertThat(transactions.add("other", List.of(), 100))
        .containsInstanceOf(Fault.Disagreement.class);
  }

  @Test
  void shouldTakeOnlyWhatIsBehindTheKnownForNews() {
    assertThat(transactions.isNews(at(1), Optional.empty())).isTrue();
    assertThat(transactions.isNews(at(1), Optional.of(at(1)))).isFalse();
    assertThat(transactions.isNews(at(2), Optional.of(at(1)))).isTrue();
    transactions.pageEnded(Optional.of(SECOND));
    assertThat(transactions.isNews(at(1), Optional.of(at(0)))).isFalse();
  }
}
