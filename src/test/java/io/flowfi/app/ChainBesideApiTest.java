package io.flowfi.app;

import static io.flowfi.simulator.ContractEvents.feeCollected;
import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.Indexer;
import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.simulator.SimulatedTransaction;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands of the API while the chain creates streams with the ids from 1 on. */
@Timeout(120)
class ChainBesideApiTest {
  private static final int STREAMS = 1_000;
  private static final int OWN = 200;
  private static final StreamId CLAIMED = new StreamId(500);

  @TempDir Path directory;
  private final SimulatedChain chain = new SimulatedChain();

  private void create(int from, int count) {
    List<SimulatedTransaction> creations = new ArrayList<>();
    for (int id = from; id < from + count; id++) {
      creations.add(
          tx(
              feeCollected(
                  BigInteger.valueOf(id), EveryEvent.TREASURY, BigInteger.TWO, EveryEvent.TOKEN),
              streamCreated(
                  id,
                  EveryEvent.SENDER,
                  EveryEvent.RECIPIENT,
                  EveryEvent.TOKEN,
                  10,
                  10_000,
                  1_790_000_000)));
    }
    chain.ledger(creations.toArray(SimulatedTransaction[]::new));
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void shouldKeepStreamsOfBothApartAndCorrectAClaim(TestStore kind) {
    try (FollowedChain log = new FollowedChain(kind, directory, chain).from(chain.oldest());
        SimulatedRpc node = new SimulatedRpc(chain)) {
      PaymentStream claim =
          log.fixture.run(LedgerFixture.create(Optional.of(CLAIMED), 3, 4)).stream();
      Indexer indexer = log.follow(node);
      CompletableFuture<List<PaymentStream>> own =
          CompletableFuture.supplyAsync(
              () -> {
                List<PaymentStream> made = new ArrayList<>();
                for (int i = 0; i < OWN; i++) {
                  made.add(log.fixture.run(LedgerFixture.create()).stream());
                }
                return made;
              });
      for (int id = 1; id <= STREAMS; id += 20) {
        create(id, 20);
      }
      List<PaymentStream> made = own.join();
      log.awaitAll(indexer);

      assertThat(made).extracting(PaymentStream::id).doesNotHaveDuplicates();
      for (PaymentStream stream : made) {
        assertThat(log.fixture.store.streams().find(stream.id())).contains(stream);
      }
      for (int id = 1; id <= STREAMS; id++) {
        PaymentStream stream = log.fixture.store.streams().find(new StreamId(id)).orElseThrow();
        assertThat(stream.origin()).isEqualTo(Origin.CHAIN);
        assertThat(stream.sender().strKey()).isEqualTo(EveryEvent.SENDER);
        assertThat(stream.deposited().value()).isEqualTo(10_000);
      }
      List<LoggedEvent> corrections =
          log.events().stream()
              .filter(event -> event.type() == EventType.STREAM_CORRECTED)
              .toList();
      assertThat(corrections)
          .isNotEmpty()
          .allSatisfy(event -> assertThat(event.streamId()).contains(CLAIMED));
      assertThat(corrections.get(0).sender()).contains(claim.sender());
      assertThat(indexer.status().anomalies()).containsEntry("claim_replaced", 1L);
    }
  }
}
