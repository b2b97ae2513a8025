package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.log.CommitListener;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.stream.Address;
import io.flowfi.stream.Amount;
import io.flowfi.stream.StreamCommand;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.stellar.sdk.KeyPair;
import org.stellar.sdk.StrKey;

class StreamLedgerTest {
  private static final Address SENDER = new Address(KeyPair.random().getAccountId());
  private static final Address RECIPIENT = new Address(KeyPair.random().getAccountId());
  private static final Address TOKEN = new Address(StrKey.encodeContract(new byte[32]));

  @TempDir Path directory;

  static StreamCommand.Create create() {
    return new StreamCommand.Create(
        Optional.empty(),
        SENDER,
        RECIPIENT,
        TOKEN,
        Amount.of(10),
        Amount.of(1000),
        0,
        Optional.empty());
  }

  @Test
  void shouldWriteCommandsOfManyCallersWithoutGapsInTheOrderTheListenerHears() {
    List<Long> heard = new ArrayList<>();
    CommitListener listener =
        new CommitListener() {
          @Override
          public void committed(List<LoggedEvent> batch) {
            batch.forEach(e -> heard.add(e.position().value()));
          }

          @Override
          public void headAt(LogPosition head) {
            throw new AssertionError("nothing was lost");
          }
        };
    try (LedgerStore store = LedgerStore.openEmbedded(directory);
        StreamLedger ledger =
            new StreamLedger(store, listener, InstantSource.system(), LedgerSettings.DEFAULT)) {
      List<CompletableFuture<Receipt>> answers = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        answers.add(ledger.submit(CommandRequest.of(create())).toCompletableFuture());
      }
      answers.forEach(CompletableFuture::join);
      assertThat(heard).isEqualTo(LongStream.rangeClosed(1, 3000).boxed().toList());
      assertThat(store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 5000).events())
          .hasSize(3000);
      long t = System.nanoTime();
      answers.clear();
      for (int r = 0; r < 10; r++) {
        for (int i = 0; i < 5000; i++) {
          answers.add(ledger.submit(CommandRequest.of(create())).toCompletableFuture());
        }
        answers.forEach(CompletableFuture::join);
        answers.clear();
      }
      System.err.println("RATE " + 50000 * 1e9 / (System.nanoTime() - t));
    }
  }
}
