package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.CommandRejectedException.Reason;
import io.flowfi.payment.EventType;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a command does to streams and log, and which conditions it may carry. */
@ParameterizedClass
@EnumSource(TestStore.class)
class StreamLedgerTest {
  @Parameter TestStore kind;

  @TempDir Path directory;
  private LedgerFixture fixture;

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(kind, directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static CommandRequest keyed(StreamCommand command, String key, String digest) {
    return new CommandRequest(
        command, Optional.empty(), Optional.of(new IdempotencyKey("me", key, digest)));
  }

  private void assertRejected(CommandRequest request, Reason reason) {
    LogPosition before = fixture.store.log().bounds().head();
    assertThatThrownBy(() -> fixture.run(request))
        .isInstanceOfSatisfying(
            CommandRejectedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(fixture.store.log().bounds().head()).isEqualTo(before);
  }

  private List<LoggedEvent> wholeLog() {
    return fixture
        .store
        .log()
        .read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 100_000)
        .events();
  }

  @Test
  void shouldGiveCommandsOfManyCallersPositionsWithoutGapsInTheOrderTheListenerHears()
      throws InterruptedException {
    List<Thread> callers = new ArrayList<>();
    for (int c = 0; c < 16; c++) {
      int caller = c;
      callers.add(
          new Thread(
              () -> {
                Receipt created =
                    fixture.run(LedgerFixture.create(Optional.empty(), caller, caller + 1));
                for (int i = 0; i < 40; i++) {
                  Receipt receipt =
                      fixture.run(
                          LedgerFixture.topUp(created.stream().id().bits(), 1, "c" + caller));
                  assertThat(receipt.stream().version()).isEqualTo(i + 2L);
                }
              }));
    }
    callers.forEach(Thread::start);
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(fixture.heard.stream().map(e -> e.position().value()))
        .isEqualTo(LongStream.rangeClosed(1, 16 * 41).boxed().toList());
    assertThat(wholeLog()).isEqualTo(fixture.heard);
  }

  @Test
  void shouldLetCommandsOfOneBatchSeeEachOther() {
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    StreamId id = new StreamId(7);
    answers.add(
        fixture
            .ledger
            .submit(CommandRequest.of(LedgerFixture.create(Optional.of(id), 1, 2)))
            .toCompletableFuture());
    for (int i = 0; i < 200; i++) {
      answers.add(
          fixture
              .ledger
              .submit(CommandRequest.of(LedgerFixture.topUp(7, 1, "x")))
              .toCompletableFuture());
    }
    answers.forEach(CompletableFuture::join);
    PaymentStream stream = fixture.store.streams().find(id).orElseThrow();
    assertThat(stream.version()).isEqualTo(201);
    assertThat(stream.deposited().toString()).isEqualTo("1200");
  }

  @Test
  void shouldWriteBothEventsOfAWithdrawalThatDrainsTheDeposit() {
    Receipt created = fixture.run(LedgerFixture.create());
    fixture.now.addAndGet(100);
    Receipt drained =
        fixture.run(
            new StreamCommand.Withdraw(created.stream().id(), Optional.empty(), Optional.empty()));
    assertThat(drained.events())
        .extracting(Receipt.Entry::type)
        .containsExactly(EventType.STREAM_WITHDRAWN, EventType.STREAM_COMPLETED);
    assertThat(drained.stream().status()).isEqualTo(StreamStatus.COMPLETED);
    assertThat(fixture.store.streams().find(created.stream().id())).contains(drained.stream());
  }

  @Test
  void shouldRefuseWhatTheStateDoesNotAllowAndChangeNothing() throws SQLException {
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(1)), 1, 2));
    assertRejected(
        CommandRequest.of(LedgerFixture.create(Optional.of(new StreamId(1)), 3, 4)),
        Reason.ALREADY_EXISTS);
    assertRejected(CommandRequest.of(LedgerFixture.topUp(99, 1, "x")), Reason.UNKNOWN_STREAM);
    assertRejected(
        CommandRequest.of(new StreamCommand.Resume(new StreamId(1), Optional.empty())),
        Reason.CONFLICT);
    assertRejected(
        new CommandRequest(
            LedgerFixture.topUp(1, 1, "x"), Optional.of(Set.of(2L)), Optional.empty()),
        Reason.VERSION_MISMATCH);
    assertThat(
            fixture.run(
                new CommandRequest(
                    LedgerFixture.topUp(1, 1, "x"), Optional.of(Set.of(1L)), Optional.empty())))
        .satisfies(receipt -> assertThat(receipt.stream().version()).isEqualTo(2));
  }

  @Test
  void shouldLeaveStreamsOfTheChainToTheIndexer() throws SQLException {
    fixture.close();
    try (SqlStore store = kind.open(directory)) {
      LedgerFixture first = new LedgerFixture(store, null, LedgerSettings.DEFAULT, () -> {});
      first.run(LedgerFixture.create(Optional.of(new StreamId(5)), 1, 2));
      first.ledger.close();
      try (Connection connection = StoreParts.writer(store).getConnection();
          Statement statement = connection.createStatement()) {
        statement.executeUpdate(
            "UPDATE streams SET origin = 'chain', accrues_from = start_time, modelled = 1, verified = 1,"
                + " as_of_ledger = 0 WHERE stream_id = 5");
      }
    }
    fixture = new LedgerFixture(kind, directory);
    assertRejected(CommandRequest.of(LedgerFixture.topUp(5, 1, "x")), Reason.CONFLICT);
  }

  @Test
  void shouldGiveOutIdsThatClientsHaveNotTaken() {
    for (long taken = 2; taken <= 40; taken++) {
      fixture.run(LedgerFixture.create(Optional.of(new StreamId(taken)), 1, 2));
    }
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(-1)), 1, 2)); // 2^64-1
    assertThat(fixture.run(LedgerFixture.create()).stream().id()).isEqualTo(new StreamId(1));
    assertThat(fixture.run(LedgerFixture.create()).stream().id()).isEqualTo(new StreamId(41));
    assertThat(fixture.store.streams().find(new StreamId(-1)).orElseThrow().id().toString())
        .isEqualTo("18446744073709551615");
  }

  @Test
  void shouldGiveTheFirstAnswerAgainForAnIdempotencyKey() {
    Receipt first = fixture.run(keyed(LedgerFixture.create(), "k", "digest"));
    fixture.now.addAndGet(3600);
    Receipt again = fixture.run(keyed(LedgerFixture.create(), "k", "digest"));
    assertThat(again)
        .isEqualTo(new Receipt(first.stream(), first.committedAt(), first.events(), true));
    assertThat(wholeLog()).hasSize(1);
  }

  @Test
  void shouldGiveTheFirstAnswerAgainWithinOneBatch() {
    List<CompletableFuture<Receipt>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(
          fixture
              .ledger
              .submit(keyed(LedgerFixture.create(), "k", "digest"))
              .toCompletableFuture());
    }
    assertThat(answers.stream().map(CompletableFuture::join).map(r -> r.stream().id()).distinct())
        .hasSize(1);
    assertThat(wholeLog()).hasSize(1);
  }

  @Test
  void shouldRepeatARejectionForItsKeyThoughTheStreamHasMovedOn() {
    assertRejected(keyed(LedgerFixture.topUp(9, 1, "x"), "k", "digest"), Reason.UNKNOWN_STREAM);
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(9)), 1, 2));
    assertRejected(keyed(LedgerFixture.topUp(9, 1, "x"), "k", "digest"), Reason.UNKNOWN_STREAM);
  }

  @Test
  void shouldRefuseAKeyThatWasUsedForAnotherRequest() {
    fixture.run(keyed(LedgerFixture.create(), "k", "one"));
    assertRejected(keyed(LedgerFixture.create(), "k", "other"), Reason.IDEMPOTENCY_KEY_REUSED);
    CommandRequest somebodyElses =
        new CommandRequest(
            LedgerFixture.create(),
            Optional.empty(),
            Optional.of(new IdempotencyKey("you", "k", "other")));
    assertThat(fixture.run(somebodyElses).replayed()).isFalse();
  }

  @Test
  void shouldForgetAKeyAfterTwentyFourHoursAndRememberItAcrossARestart() {
    fixture.run(keyed(LedgerFixture.create(), "k", "one"));
    fixture.close();
    fixture = new LedgerFixture(kind, directory);
    fixture.pass(Duration.ofSeconds(24 * 3600 - 1));
    assertThat(fixture.run(keyed(LedgerFixture.create(), "k", "one")).replayed()).isTrue();
    fixture.pass(Duration.ofSeconds(1));
    assertThat(fixture.run(keyed(LedgerFixture.create(), "k", "other")).replayed()).isFalse();
  }

  /** A command that is repeated while the clock is wrong must not run a second time. */
  @Test
  void shouldForgetNoKeyBecauseTheClockWasSetAhead() {
    fixture.run(keyed(LedgerFixture.create(), "k", "one"));
    fixture.now.addAndGet(10 * 365 * 24 * 3600L);
    fixture.run(keyed(LedgerFixture.create(), "other", "one"));
    assertThat(fixture.run(keyed(LedgerFixture.create(), "k", "one")).replayed()).isTrue();
    // starts with the clock ahead, the log's last events dated by it, and a command that purges
    for (int start = 0; start < 3; start++) {
      restart(10 * 365 * 24 * 3600L);
      fixture.run(keyed(LedgerFixture.create(), "start" + start, "one"));
      assertThat(fixture.run(keyed(LedgerFixture.create(), "k", "one")).replayed()).isTrue();
    }
    // put right
    restart(0);
    fixture.run(keyed(LedgerFixture.create(), "right", "one"));
    assertThat(fixture.run(keyed(LedgerFixture.create(), "k", "one")).replayed()).isTrue();
  }

  private void restart(long secondsAhead) {
    fixture.close();
    fixture = new LedgerFixture(kind, directory);
    fixture.now.addAndGet(secondsAhead);
  }
}
