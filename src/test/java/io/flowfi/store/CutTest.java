package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.Cut;
import io.flowfi.ledger.IdempotencyKey;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.ledger.Receipt;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogBounds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.StreamId;
import io.flowfi.query.HistoryPage;
import io.flowfi.query.HistoryQuery;
import io.flowfi.query.StreamQueries;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The removal of old events, and every read of what is left. */
@ParameterizedClass
@EnumSource(TestStore.class)
class CutTest {
  @Parameter TestStore kind;

  @TempDir Path directory;

  private static void cut(LedgerFixture fixture, long from, long through) {
    fixture.ledger.submit(upTo(from, through)).toCompletableFuture().join();
  }

  private static Cut upTo(long from, long through) {
    return new Cut(new LogPosition(from), new LogPosition(through));
  }

  private static LogBounds bounds(long oldest, long head) {
    return new LogBounds(new LogPosition(oldest), new LogPosition(head));
  }

  private static List<LoggedEvent> log(SqlStore store) {
    return store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000).events();
  }

  @Test
  void shouldRemoveTheOldestWhileOthersWrite() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      fixture.run(LedgerFixture.create());
      List<CompletableFuture<?>> answers = new ArrayList<>();
      for (int i = 2; i <= 300; i++) {
        answers.add(submit(fixture, i).toCompletableFuture());
        if (i % 50 == 0) {
          answers.forEach(CompletableFuture::join); // or what is to be removed may not be there
          answers.add(
              fixture
                  .ledger
                  .submit(new Cut(new LogPosition(Math.max(1, i - 50)), new LogPosition(i - 1)))
                  .toCompletableFuture());
        }
      }
      answers.forEach(CompletableFuture::join);
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(300, 300));
      assertThat(log(fixture.store)).isEqualTo(fixture.heard.subList(299, 300));
      assertThat(fixture.heard)
          .extracting(event -> event.position().value())
          .hasSize(300)
          .isSorted()
          .doesNotHaveDuplicates();
    }
    // the end of the log does not depend on the events
    try (LedgerFixture again = new LedgerFixture(kind, directory)) {
      assertThat(again.store.log().bounds()).isEqualTo(bounds(300, 300));
      assertThat(again.run(LedgerFixture.create()).events())
          .extracting(Receipt.Entry::position)
          .containsExactly(new LogPosition(301));
    }
  }

  private static CompletionStage<Receipt> submit(LedgerFixture fixture, int number) {
    return fixture.ledger.submit(CommandRequest.of(LedgerFixture.topUp(1, 1, "t" + number)));
  }

  @Test
  void shouldKeepTheNewestAndNeverGoBack() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      for (int i = 1; i <= 10; i++) {
        fixture.run(LedgerFixture.create());
      }
      assertThatThrownBy(() -> cut(fixture, 1, 10))
          .hasCauseInstanceOf(IllegalArgumentException.class);
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(1, 10));
      cut(fixture, 1, 6);
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(7, 10));
      // another node knew less
      cut(fixture, 1, 4);
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(7, 10));
      cut(fixture, 3, 8);
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(9, 10));
      assertThat(log(fixture.store)).isEqualTo(fixture.heard.subList(8, 10));
    }
  }

  /** Of two in one transaction the events of the first would stay in the table for ever. */
  @Test
  void shouldRemoveOneAfterTheOther() {
    AtomicReference<CountDownLatch> hold = new AtomicReference<>(new CountDownLatch(0));
    try (LedgerFixture fixture =
        new LedgerFixture(
            kind.open(directory), null, LedgerSettings.DEFAULT, () -> await(hold.get()))) {
      for (int i = 1; i <= 10; i++) {
        fixture.run(LedgerFixture.create());
      }
      CountDownLatch held = new CountDownLatch(1);
      hold.set(held);
      CompletionStage<Receipt> before =
          fixture.ledger.submit(CommandRequest.of(LedgerFixture.create()));
      // the writer waits behind its commit: both will be in the next one
      Awaitility.await().until(() -> fixture.heard.size() == 11);
      CompletableFuture<LogPosition> first =
          fixture.ledger.submit(upTo(1, 4)).toCompletableFuture();
      CompletableFuture<LogPosition> second =
          fixture.ledger.submit(upTo(5, 8)).toCompletableFuture();
      held.countDown();
      before.toCompletableFuture().join();
      assertThat(first.join()).isEqualTo(new LogPosition(4));
      assertThatThrownBy(second::join)
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot be removed with this batch");
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(5, 11));
      cut(fixture, 5, 8);
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(9, 11));
      assertThat(log(fixture.store)).isEqualTo(fixture.heard.subList(8, 11));
    }
  }

  private static void await(CountDownLatch held) {
    try {
      assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldAnswerARepeatedCommandWhoseEventIsGone() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      CommandRequest request =
          new CommandRequest(
              LedgerFixture.create(),
              Optional.empty(),
              Optional.of(new IdempotencyKey("caller", "key", "digest")));
      Receipt first = fixture.run(request);
      fixture.run(LedgerFixture.create());
      cut(fixture, 1, 1);
      Receipt again = fixture.run(request);
      assertThat(again.replayed()).isTrue();
      assertThat(again.events()).isEqualTo(first.events());
      assertThat(fixture.store.log().bounds()).isEqualTo(bounds(2, 2));
    }
  }

  @Test
  void shouldReadWhatIsLeft() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      RandomHistory history = new RandomHistory(fixture, 20_265);
      history.play(600);
      StreamQueries following = fixture.store.streams();
      RandomHistory.USERS.forEach(user -> following.summary(user, history.now()));
      history.play(600);
      List<LoggedEvent> log = history.log();
      int oldest = log.size() - 100;
      for (int from = 1; from < oldest; from += 100) {
        cut(fixture, from, Math.min(from + 99, oldest - 1));
      }
      List<LoggedEvent> left = log.subList(oldest - 1, log.size());
      assertThat(log(fixture.store)).isEqualTo(left);
      assertHistory(fixture.store, left, Optional.empty(), Optional.empty());
      for (Address user : RandomHistory.USERS) {
        assertHistory(fixture.store, left, Optional.empty(), Optional.of(user));
        // it had followed the log up to an event that is gone
        assertThat(following.summary(user, history.now()))
            .isEqualTo(
                new SqlStreamQueries(
                        new Reads(fixture.store.readers(ReadUse.REQUESTS), fixture.store.dialect()))
                    .summary(user, history.now()));
      }
      int forgotten = 0;
      for (StoredStream row : history.streams()) {
        StreamId id = row.stream().id();
        assertHistory(fixture.store, left, Optional.of(id), Optional.empty());
        assertThat(following.find(id)).contains(row.stream());
        assertThat(following.asOf(id, row.stream().lastUpdateTime())).contains(row.stream());
        long before = row.stream().lastUpdateTime() - 1;
        if (row.created().value() < oldest) {
          assertThat(following.asOf(id, before)).as("stream %s", id).isEmpty();
          forgotten++;
        } else {
          assertThat(following.asOf(id, before)).as("stream %s", id).isPresent();
        }
      }
      assertThat(forgotten).isPositive().isLessThan(history.streams().size());
      for (long time = left.get(0).timestamp() - 5; time <= history.now() + 1; time++) {
        long at = time;
        long older = left.stream().filter(event -> event.timestamp() < at).count();
        assertThat(fixture.store.history().placeBefore(time))
            .isEqualTo(new LogPosition(oldest - 1 + older));
      }
    }
  }

  private static void assertHistory(
      SqlStore store, List<LoggedEvent> left, Optional<StreamId> stream, Optional<Address> user) {
    List<LoggedEvent> expected =
        left.stream()
            .filter(event -> stream.isEmpty() || event.streamId().equals(stream))
            .filter(
                event ->
                    user.isEmpty() || event.sender().equals(user) || event.recipient().equals(user))
            .toList();
    HistoryPage page =
        store
            .history()
            .page(
                new HistoryQuery(
                    stream, user, Set.of(), Optional.empty(), Optional.empty(), true, 200, 0));
    assertThat(page.events()).isEqualTo(expected);
    assertThat(page.total()).isEqualTo(expected.size());
    assertThat(page.hasMore()).isFalse();
    assertThat(page.bounds().oldest()).isEqualTo(left.get(0).position());
  }
}
