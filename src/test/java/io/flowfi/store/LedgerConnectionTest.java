package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.CommandRequest;
import io.flowfi.ledger.IdempotencyKey;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerState;
import io.flowfi.ledger.Receipt;
import io.flowfi.ledger.StoredKey;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Its statements come in few sizes, but take any number of keys. */
@ParameterizedClass
@EnumSource(TestStore.class)
class LedgerConnectionTest {
  @Parameter TestStore kind;

  private static final int MOST = 300;

  @TempDir Path directory;

  @Test
  void shouldFindAnyNumberOfStreamsAndKeys() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      StreamCommand.Create template = LedgerFixture.create();
      List<CompletionStage<Receipt>> answers = new ArrayList<>();
      for (long id = 1; id <= MOST; id++) {
        answers.add(fixture.ledger.submit(keyed(template, id)));
      }
      answers.forEach(answer -> answer.toCompletableFuture().join());
      fixture.ledger.close();
      try (LedgerConnection connection =
          new LedgerConnection(fixture.store.writer(), fixture.store.dialect())) {
        for (int wanted : new int[] {0, 1, 2, 7, 8, 9, 16, 17, 127, 128, 129, 137, 256, MOST}) {
          Set<StreamId> streams =
              LongStream.rangeClosed(MOST - wanted + 1, MOST)
                  .mapToObj(StreamId::new)
                  .collect(Collectors.toSet());
          Set<StoredKey.Id> keys =
              streams.stream()
                  .map(stream -> new StoredKey.Id("me", "k" + stream))
                  .collect(Collectors.toSet());
          LedgerState state = connection.begin(streams, keys);
          assertThat(state.streams().keySet()).isEqualTo(streams);
          assertThat(state.keys().keySet()).isEqualTo(keys);
          assertThat(state.unreadable()).isEmpty();
        }
        LedgerState state =
            connection.begin(Set.of(new StreamId(MOST + 1)), Set.of(new StoredKey.Id("you", "k1")));
        assertThat(state.streams()).isEmpty();
        assertThat(state.keys()).isEmpty();
      }
    }
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
