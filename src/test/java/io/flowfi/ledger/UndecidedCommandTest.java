package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.store.SqlStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** An unreadable row of one stream or one key affects only one command. */
class UndecidedCommandTest {
  @TempDir Path directory;
  private SqlStore store;
  private LedgerFixture fixture;
  private CountDownLatch hold = new CountDownLatch(0);

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(directory);
    fixture = new LedgerFixture(store, null, LedgerSettings.DEFAULT, this::awaitHold);
  }

  @AfterEach
  void close() {
    hold.countDown();
    fixture.ledger.close();
    store.close();
  }

  private void awaitHold() {
    try {
      hold.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As another version, or a mistake, may leave it; not possible while the ledger is open. */
  private void damage(String sql) throws SQLException {
    close();
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
    try (Connection connection = file.getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).as(sql).isOne();
    }
    open();
  }

  private static CommandRequest keyed(StreamCommand command) {
    return new CommandRequest(
        command, Optional.empty(), Optional.of(new IdempotencyKey("me", "k", "digest")));
  }

  /** Makes commands wait until all are there, so that one transaction takes them together. */
  private List<CompletableFuture<Receipt>> inOneBatch(CommandRequest... requests) {
    hold = new CountDownLatch(1);
    int heard = fixture.heard.size();
    fixture.ledger.submit(CommandRequest.of(LedgerFixture.create()));
    await().until(() -> fixture.heard.size() > heard);
    List<CompletableFuture<Receipt>> answers =
        Stream.of(requests).map(r -> fixture.ledger.submit(r).toCompletableFuture()).toList();
    hold.countDown();
    await().until(() -> answers.stream().allMatch(CompletableFuture::isDone));
    return answers;
  }

  private static Throwable failure(CompletableFuture<Receipt> answer) {
    return answer.handle((receipt, why) -> why).join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rejected\":\"A_REASON_OF_A_LATER_VERSION\",\"message\":\"m\"}",
        "{\"at\":1}",
        "{\"at\":1,\"id\":\"1\",\"events\":[{\"seq\":1,\"type\":\"stream.of_later\"}]}",
        "null",
        "cut of"
      })
  void shouldFailAloneIfTheFirstAnswerToItsKeyCannotBeRead(String answer) throws SQLException {
    fixture.run(keyed(LedgerFixture.create(Optional.of(new StreamId(7)), 1, 2)));
    damage("UPDATE idempotency_keys SET answer = '" + answer + "'");

    List<CompletableFuture<Receipt>> answers =
        inOneBatch(
            CommandRequest.of(LedgerFixture.topUp(7, 1, "before")),
            keyed(LedgerFixture.create(Optional.of(new StreamId(7)), 1, 2)),
            CommandRequest.of(LedgerFixture.topUp(7, 1, "after")));

    assertThat(failure(answers.get(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("idempotency key");
    assertOthersWentOn(answers.get(0), answers.get(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"status = 'SUSPENDED'", "rate = 'much'", "deposited = ''", "origin = ''"})
  void shouldFailAloneIfItsStreamCannotBeRead(String damage) throws SQLException {
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(7)), 1, 2));
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(8)), 1, 2));
    damage("UPDATE streams SET " + damage + " WHERE stream_id = 8");

    List<CompletableFuture<Receipt>> answers =
        inOneBatch(
            CommandRequest.of(LedgerFixture.topUp(7, 1, "before")),
            keyed(LedgerFixture.topUp(8, 1, "x")),
            CommandRequest.of(LedgerFixture.create(Optional.of(new StreamId(8)), 1, 2)),
            CommandRequest.of(LedgerFixture.topUp(7, 1, "after")));

    assertThat(failure(answers.get(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("stream 8");
    assertThat(failure(answers.get(2)))
        .as("its id is taken, whatever it is")
        .isInstanceOf(CommandRejectedException.class);
    assertOthersWentOn(answers.get(0), answers.get(3));
    assertThat(
            failure(
                fixture.ledger.submit(keyed(LedgerFixture.topUp(7, 1, "x"))).toCompletableFuture()))
        .as("the key of a command that was not decided keeps nothing")
        .isNull();
  }

  /** As if the command between them had not been there. */
  private void assertOthersWentOn(
      CompletableFuture<Receipt> before, CompletableFuture<Receipt> after) {
    assertThat(fixture.ledger.state()).isEqualTo(StreamLedger.State.ACCEPTING);
    LogPosition position = before.join().events().get(0).position();
    assertThat(after.join().events().get(0).position()).isEqualTo(position.next());
    assertThat(after.join().stream().version()).isEqualTo(before.join().stream().version() + 1);
    assertThat(store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 1000).events())
        .as("no gap, and nothing of what failed")
        .endsWith(fixture.heard.toArray(LoggedEvent[]::new))
        .extracting(LoggedEvent::position)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, after.join().events().get(0).position().value())
                .mapToObj(LogPosition::new)
                .toList());
    assertThat(fixture.ledger.submit(CommandRequest.of(LedgerFixture.create())))
        .succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void shouldGiveOutNoIdForWhatItCouldNotDecide() throws SQLException {
    fixture.run(keyed(LedgerFixture.create()));
    damage("UPDATE idempotency_keys SET answer = ''");
    List<CompletableFuture<Receipt>> answers =
        inOneBatch(keyed(LedgerFixture.create()), CommandRequest.of(LedgerFixture.create()));
    assertThat(answers.get(0)).isCompletedExceptionally();
    assertThat(answers.get(1).join().stream().id()).isEqualTo(new StreamId(3));
  }

  /** The id and the position that it would have had go to the next one. */
  @Test
  void shouldLeaveNothingOfACreationThatFailsWithAnIdInHand() {
    StreamCommand.Create good = LedgerFixture.create();
    StreamCommand.Create failing =
        new StreamCommand.Create(
            Optional.empty(),
            null, // found once the stream is made
            good.recipient(),
            good.token(),
            good.ratePerSecond(),
            good.deposit(),
            good.startTime(),
            Optional.empty());
    List<CompletableFuture<Receipt>> answers =
        inOneBatch(keyed(failing), CommandRequest.of(good), keyed(good));
    assertThat(failure(answers.get(0))).isInstanceOf(NullPointerException.class);
    for (int i = 1; i <= 2; i++) {
      Receipt next = answers.get(i).join();
      assertThat(next.stream().id()).isEqualTo(new StreamId(i + 1));
      assertThat(next.events().get(0).position()).isEqualTo(new LogPosition(i + 1));
      assertThat(next.replayed()).isFalse();
    }
  }
}
