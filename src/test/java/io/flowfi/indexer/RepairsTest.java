package io.flowfi.indexer;

import static io.flowfi.indexer.ToldEvents.at;
import static io.flowfi.indexer.ToldEvents.broken;
import static io.flowfi.indexer.ToldEvents.page;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.payment.StreamId;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an administrator may do to the cursor, and what that leaves out. The history is known from
 * ledger 40 to 100, and the node has everything up to 150.
 */
class RepairsTest {
  private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
  private static final ChainCursor KNOWN =
      new ChainCursor(
          Optional.of(new ChainPosition(90, 1, 0, 0)),
          Optional.of(at(90, 1, 0).id()),
          100,
          150,
          40);

  private final LogInMemory log = new LogInMemory();
  private Follower follower;
  private Repairs repairs;

  @BeforeEach
  void begin() {
    begin(Optional.of(KNOWN), OptionalLong.empty());
  }

  private void begin(Optional<ChainCursor> stored, OptionalLong start) {
    log.cursor = stored;
    follower =
        new Follower(
            List.of("a"),
            new IndexerSettings(start, Duration.ofMillis(500), Optional.empty()),
            new Clocks(() -> START, () -> 0),
            new SplittableRandom(20));
    follower.begin(stored);
    assertThat(follower.next()).isEqualTo(new Ask.Health(0));
    follower.health(new SourceHealth(true, "28", 150, 1, OptionalLong.empty()));
    repairs = new Repairs(log, follower);
  }

  private static ChainCursor cursorAt(long ledger, long since) {
    return new ChainCursor(Optional.empty(), Optional.empty(), ledger - 1, 150, since);
  }

  private void assertRefused(ThrowingCallable wanted, String why) {
    assertThatThrownBy(wanted)
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining(why);
    assertThat(log.repairs).isEmpty();
  }

  @Test
  void shouldGoOnBehindWhatWasReadWithoutAGap() throws Exception {
    repairs.reset(101, false);
    assertThat(log.repairs)
        .containsExactly(new ChainRepair.Reset(Optional.of(KNOWN), cursorAt(101, 40)));
  }

  @Test
  void shouldLeaveLedgersOutOnlyIfThatIsAccepted() throws Exception {
    assertRefused(() -> repairs.reset(102, false), "ledgers 101 to 101 would be incomplete");
    repairs.reset(120, true);
    assertThat(log.repairs)
        .containsExactly(new ChainRepair.Gap(Optional.of(KNOWN), cursorAt(120, 40), 101, 119));
  }

  @Test
  void shouldReadAgainWhatIsKnownWithoutAGap() throws Exception {
    repairs.reset(60, false);
    repairs.reset(20, false); // the history is longer from then on
    assertThat(log.repairs)
        .containsExactly(
            new ChainRepair.Reset(Optional.of(KNOWN), cursorAt(60, 40)),
            new ChainRepair.Reset(Optional.of(cursorAt(60, 40)), cursorAt(20, 20)));
  }

  /** The log may tell another story of them than the chain. */
  @Test
  void shouldDoubtLedgersThatAreReadAgainAfterAFinalFault() throws Exception {
    follower.stop(new Fault.OtherChain(at(90, 1, 0).id(), "a", "the topics or the value differ"));
    assertRefused(() -> repairs.reset(60, false), "ledgers 60 to 100 would be incomplete");
    repairs.reset(60, true);
    repairs.reset(60, false); // where it stands by now
    assertThat(log.repairs)
        .containsExactly(
            new ChainRepair.Gap(Optional.of(KNOWN), cursorAt(60, 40), 60, 100),
            new ChainRepair.Reset(Optional.of(cursorAt(60, 40)), cursorAt(60, 40)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 152})
  void shouldRefuseALedgerThatThereIsNot(long ledger) {
    assertRefused(() -> repairs.reset(ledger, true), "from 1 to 151");
  }

  @Test
  void shouldGoOnBehindTheNewestLedger() throws Exception {
    repairs.reset(151, true);
    assertThat(log.repairs)
        .containsExactly(new ChainRepair.Gap(Optional.of(KNOWN), cursorAt(151, 40), 101, 150));
  }

  @Test
  void shouldBeginWhereNothingIsKnown() throws Exception {
    begin(Optional.empty(), OptionalLong.of(7));
    repairs.reset(50, false);
    assertThat(log.repairs)
        .containsExactly(new ChainRepair.Reset(Optional.empty(), cursorAt(50, 50)));
  }

  @Test
  void shouldSayIfAnotherNodeHasMovedTheCursor() {
    log.isElsewhere = true;
    assertThatThrownBy(() -> repairs.reset(101, false))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("just moved");
    ReadEvent defect = broken(110, 2, 1);
    standAt(defect);
    assertThatThrownBy(() -> repairs.quarantine(defect.id()))
        .isInstanceOf(IndexerRefusedException.class)
        .hasMessageContaining("just moved");
  }

  /** The node shows the last known event, and then one that cannot be decoded. */
  private void standAt(ReadEvent defect) {
    Ask ask = follower.next();
    if (ask instanceof Ask.Check) {
      follower.checked(page(150, 150, at(90, 1, 0)));
      ask = follower.next();
    }
    assertThat(ask).isInstanceOf(Ask.Page.class);
    follower.page(page(150, 150, defect));
    assertThat(follower.fault()).containsInstanceOf(Fault.Undecodable.class);
  }

  @Test
  void shouldPutAsideTheEventAtWhichItStandsAndNoOther() throws Exception {
    ReadEvent defect = broken(110, 2, 1);
    assertRefused(() -> repairs.quarantine(defect.id()), "does not stand at an event");
    standAt(defect);
    assertRefused(() -> repairs.quarantine(at(110, 2, 0).id()), defect.id());
    repairs.quarantine(defect.id());
    assertThat(log.repairs)
        .containsExactly(
            new ChainRepair.Quarantine(
                Optional.of(KNOWN),
                KNOWN,
                defect.position(),
                defect.id(),
                "byte 7 is wrong",
                Optional.of(new StreamId(1))));
  }

  @Test
  void shouldPutAsideTheVeryFirstEvent() throws Exception {
    begin(Optional.empty(), OptionalLong.of(7));
    ReadEvent defect = broken(8, 1, 0);
    standAt(defect);
    repairs.quarantine(defect.id());
    assertThat(log.repairs)
        .singleElement()
        .isInstanceOfSatisfying(
            ChainRepair.Quarantine.class,
            aside -> {
              assertThat(aside.expected()).isEmpty();
              assertThat(aside.next().scanned()).isEqualTo(6);
            });
  }

  @Test
  void shouldPutNothingAsideAtAFinalFault() {
    ReadEvent defect = broken(110, 2, 1);
    standAt(defect);
    follower.stop(new Fault.Gap(101, 119));
    assertRefused(() -> repairs.quarantine(defect.id()), "the fault gap, which only a reset ends");
  }
}
