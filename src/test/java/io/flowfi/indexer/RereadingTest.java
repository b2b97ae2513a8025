package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
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

  /** Some versions answer so in place of an error. */
  @Test
  void shouldNotTakeAnEmptyPageOfANodeThatHasLostTheLedgersForTheirEnd() {
    EventPage told = page(110, 150).page();
    DecodedPage lost =
        new DecodedPage(
            new EventPage(
                List.of(), 1000, told.cursor(), 150, OptionalLong.of(102), OptionalLong.empty()),
            List.of());
    assertThatThrownBy(() -> run.page(lost))
        .isInstanceOfSatisfying(
            ChainSourceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUT_OF_RANGE));
    assertThat(run.isRunning()).isTrue();
    assertThat(run.next()).isEqualTo(101);
  }
}
