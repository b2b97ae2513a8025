package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerConnection.KeyId;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Its statements come in few sizes, and take any number of keys all the same. */
class LedgerConnectionTest {
  private static final int MOST = 300;

  @TempDir Path directory;

  @Test
  void shouldFindAnyNumberOfStreamsAndKeys() throws SQLException {
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      StreamCommand.Create template = LedgerFixture.create();
      List<CompletionStage<Receipt>> answers = new ArrayList<>();
      for (long id = 1; id <= MOST; id++) {
        answers.add(fixture.ledger.submit(keyed(template, id)));
      }
      answers.forEach(answer -> answer.toCompletableFuture().join());
      fixture.ledger.close();
      try (LedgerConnection connection = new LedgerConnection(fixture.store.writer())) {
        for (int wanted : new int[] {0, 1, 2, 7, 8, 9, 16, 17, 127, 128, 129, 137, 256, MOST}) {
          List<StreamId> streams =
              LongStream.rangeClosed(MOST - wanted + 1, MOST).mapToObj(StreamId::new).toList();
          assertThat(connection.streams(streams, LedgerConnectionTest::unreadable).keySet())
              .containsExactlyInAnyOrderElementsOf(streams);
          List<KeyId> keys = streams.stream().map(stream -> new KeyId("me", "k" + stream)).toList();
          assertThat(connection.storedKeys(keys).keySet())
              .containsExactlyInAnyOrderElementsOf(keys);
        }
        assertThat(
                connection.streams(
                    List.of(new StreamId(MOST + 1)), LedgerConnectionTest::unreadable))
            .isEmpty();
        assertThat(connection.storedKeys(List.of(new KeyId("you", "k1")))).isEmpty();
      }
    }
  }

  private static void unreadable(StreamId stream, RuntimeException why) {
    throw why;
  }

  private static CommandRequest keyed(StreamCommand.Create create, long id) {
    return new CommandRequest(
        new StreamCommand.Create(
            Optional.of(new StreamId(id)),
            create.sender(),
            create.recipient(),
            create.token(),
            create.ratePerSecond(),
            create.deposit(),
            create.startTime(),
            create.reference()),
        Optional.empty(),
        Optional.of(new IdempotencyKey("me", "k" + id, "d")));
  }
}
