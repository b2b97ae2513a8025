package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
import static io.flowfi.indexer.ToldEvents.broken;
import static io.flowfi.indexer.ToldEvents.created;
import static io.flowfi.indexer.ToldEvents.fee;
import static io.flowfi.indexer.ToldEvents.full;
import static io.flowfi.indexer.ToldEvents.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.ChainPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Ledgers 101 to 110, read a second time. */
class RereadingTest {
  private final Rereading run = new Rereading(101, 110);
  private final List<ChainPosition> written = new ArrayList<>();

  private void answer(DecodedPage page) {
    run.page(page);
    run.pending().forEach(lot -> lot.forEach(fact -> written.add(fact.position())));
    run.applied(List.of());
  }

  private static List<ChainPosition> places(ReadEvent... events) {
    return List.of(events).stream().map(ReadEvent::position).toList();
  }

  /** The page is full, but its end shows that the last transaction before it is complete. */
  @Test
  void shouldHandOverTheLastTransactionIfAFullPageReachesPastTheEnd() {
    answer(full(150, at(105, 1, 0), at(110, 2, 0), at(110, 2, 1), at(111, 1, 0)));
    assertThat(run.isRunning()).isFalse();
    assertThat(written).isEqualTo(places(at(105, 1, 0), at(110, 2, 0), at(110, 2, 1)));
  }

  @Test
  void shouldReadOnIfAFullPageEndsInsideTheLastLedger() {
    answer(full(150, at(105, 1, 0), at(110, 2, 0)));
    assertThat(run.isRunning()).isTrue();
    assertThat(run.start()).isEqualTo(new PageStart.Behind(at(110, 2, 0).id()));
    assertThat(run.next()).isEqualTo(110);
    answer(full(150, at(110, 2, 1), at(112, 1, 0)));
    assertThat(run.isRunning()).isFalse();
    assertThat(written).isEqualTo(places(at(105, 1, 0), at(110, 2, 0), at(110, 2, 1)));
  }

  @Test
  void shouldKeepWhatIsHeldWhenAnAnswerContradictsItself() {
    answer(full(150, at(105, 1, 0)));
    assertThatThrownBy(() -> run.page(page(104, 104)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not go on");
    answer(page(120, 150));
    assertThat(run.isRunning()).isFalse();
    assertThat(written).isEqualTo(places(at(105, 1, 0)));
  }

  @Test
  void shouldBringEverythingButWhatCannotBeDecoded() {
    answer(page(120, 150, at(105, 1, 0), broken(105, 1, 1), at(105, 1, 2), broken(111, 1, 0)));
    assertThat(written).isEqualTo(places(at(105, 1, 0), at(105, 1, 2)));
    assertThat(run.progress().unreadable()).as("of its own ledgers").isEqualTo(1);
    assertThat(run.isRunning()).isFalse();
  }

  /** A subscriber must hear of a stream before its fee, also where it was missed. */
  @Test
  void shouldBringACreationBeforeItsFee() {
    ChainPosition fee = new ChainPosition(105, 1, 0, 0);
    ChainPosition creation = new ChainPosition(105, 1, 0, 1);
    answer(page(120, 150, fee(fee, 7), created(creation, 7)));
    assertThat(written).containsExactly(creation, fee);
  }

  @Test
  void shouldBringACreationBeforeItsFeeInALongPageToo() {
    ReadEvent[] all = new ReadEvent[2 * Slices.ENOUGH];
    for (int i = 0; i < all.length; i += 2) {
      all[i] = fee(new ChainPosition(105, 1 + i, 0, 0), i);
      all[i + 1] = created(new ChainPosition(105, 1 + i, 0, 1), i);
    }
    answer(page(120, 150, all));
    assertThat(written.get(0)).isEqualTo(all[1].position());
    assertThat(written.get(1)).isEqualTo(all[0].position());
    assertThat(written).hasSize(all.length);
  }

  @Test
  void shouldNotGoRoundWithTheSameFullPage() {
    answer(full(150, at(105, 1, 0)));
    assertThatThrownBy(() -> run.page(full(150, at(105, 1, 0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the same events again");
  }

  @Test
  void shouldNotHoldATransactionThatNeverEnds() {
    int told = 0;
    while (told <= Transactions.MOST_HELD) {
      ReadEvent[] more = new ReadEvent[1000];
      for (int i = 0; i < more.length; i++) {
        more[i] = at(105, 1, told++);
      }
      answer(full(150, more));
    }
    assertThatThrownBy(() -> run.page(full(150, at(105, 1, 2 * Transactions.MOST_HELD))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never ends");
    assertThat(written).isEmpty();
  }

  @Test
  void shouldCountFailuresInARowOnly() {
    for (int page = 0; page < 3; page++) {
      for (int failures = 1; failures < 20; failures++) {
        run.failed("no answer");
      }
      assertThat(run.isRunning()).isTrue();
      answer(page(102 + page, 150));
      assertThat(run.start())
          .isEqualTo(new PageStart.Behind(page(102 + page, 150).page().cursor()));
    }
    for (int failures = 1; failures <= 20; failures++) {
      run.failed("no answer");
    }
    assertThat(run.isRunning()).isFalse();
    assertThat(run.progress().error()).contains("no answer");
  }

  /** Commands of clients wait for each lot. */
  @Test
  void shouldCutWhatALongPageBringsBetweenTransactions() {
    ReadEvent[] all = new ReadEvent[600];
    for (int i = 0; i < all.length; i++) {
      all[i] = at(105, 1 + i / 100, i % 100);
    }
    run.page(page(120, 150, all));
    assertThat(run.pending()).extracting(List::size).containsExactly(300, 300);
  }

  @Test
  void shouldReadFromANodeThatHasTheNextLedgerAndNoneBeforeIt() {
    run.page(beginningWith(101));
    run.applied(List.of());
    assertThat(run.isRunning()).isFalse();
  }

  private static DecodedPage beginningWith(long oldest) {
    EventPage told = page(110, 150).page();
    return new DecodedPage(
        new EventPage(
            List.of(), 1000, told.cursor(), 150, OptionalLong.of(oldest), OptionalLong.empty()),
        List.of());
  }

  /** Some versions answer so in place of an error. */
  @Test
  void shouldNotTakeAnEmptyPageOfANodeThatHasLostTheLedgersForTheirEnd() {
    DecodedPage lost = beginningWith(102);
    assertThatThrownBy(() -> run.page(lost))
        .isInstanceOfSatisfying(
            ChainSourceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUT_OF_RANGE));
    assertThat(run.isRunning()).isTrue();
    assertThat(run.next()).isEqualTo(101);
  }
}
