package io.flowfi.app;

import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.Drift;
import io.flowfi.indexer.Drift.Difference;
import io.flowfi.indexer.Drift.With;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.indexer.StreamCheck;
import io.flowfi.indexer.rpc.RpcSettings;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.payment.Address;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.ContractEvents;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.RpcForm;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedRpc;
import io.flowfi.simulator.StoredStream;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a contract's entries over the RPC to an administrator's repair: everything is real. */
@Timeout(120)
class ReconciledChainTest {
  private static final long OTHER = 900_001;

  @TempDir Path directory;

  private final SimulatedChain chain = new SimulatedChain();

  private void live() {
    try (SimulatedContract contract = new SimulatedContract(chain, 20)) {
      contract.play(400, 20);
    }
    // a cancelled stream that the contract leaves paused, and one whose entry is deleted
    for (long id = OTHER; id <= OTHER + 2; id++) {
      chain.ledger(
          tx(
              ContractEvents.streamCreated(
                  id,
                  EveryEvent.SENDER,
                  EveryEvent.RECIPIENT,
                  EveryEvent.TOKEN,
                  10,
                  10_001,
                  chain.closeTime(chain.latest()))));
    }
    for (long id = OTHER; id <= OTHER + 1; id++) {
      BigInteger stream = BigInteger.valueOf(id);
      BigInteger now = BigInteger.valueOf(chain.closeTime(chain.latest()) + 5);
      chain.ledger(tx(ContractEvents.paused(stream, EveryEvent.SENDER, now)));
      chain.ledger(
          tx(
              ContractEvents.cancelled(
                  stream,
                  EveryEvent.SENDER,
                  EveryEvent.RECIPIENT,
                  BigInteger.valueOf(50),
                  BigInteger.valueOf(9_951))));
    }
    chain.ledger(
        tx(
            ContractEvents.closed(
                BigInteger.valueOf(OTHER),
                EveryEvent.SENDER,
                BigInteger.valueOf(chain.closeTime(chain.latest())))));
  }

  private Reconciliation reconciliation(FollowedChain log, SimulatedRpc node) {
    Address contract = new Address(chain.contractId());
    RpcSettings settings =
        new RpcSettings(RpcSettings.parse(node.url().toString()), chain.passphrase(), contract);
    return new Reconciliation(
        settings.sources(InstantSource.system()),
        new XdrEventDecoder(contract, oddity -> {}),
        new LedgerChainLog(log.fixture.ledger, log.fixture.store),
        new StreamEvents(log.fixture.store.history()),
        () -> true,
        Optional.empty(),
        InstantSource.system());
  }

  private static PaymentStream stream(FollowedChain log, long id) {
    return log.fixture.store.streams().find(new StreamId(id)).orElseThrow();
  }

  private static StoredStream more(StoredStream as, long withdrawn) {
    return new StoredStream(
        as.sender(),
        as.recipient(),
        as.token(),
        as.rate(),
        as.deposited(),
        as.withdrawn().add(BigInteger.valueOf(withdrawn)),
        as.startTime(),
        as.lastUpdateTime(),
        as.active(),
        as.paused(),
        as.pausedAt(),
        as.status());
  }

  private static void round(Reconciliation reconciliation) {
    var before = reconciliation.status().ended();
    reconciliation.compareAll();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !reconciliation.status().ended().equals(before));
    assertThat(reconciliation.status().error()).isEmpty();
  }

  private static StreamCheck check(Reconciliation reconciliation, long id) {
    return reconciliation.compare(new StreamId(id)).toCompletableFuture().join().orElseThrow();
  }

  private static boolean repair(Reconciliation reconciliation, long id) {
    return reconciliation
        .repair(new StreamId(id))
        .toCompletableFuture()
        .join()
        .orElseThrow()
        .changed();
  }

  @ParameterizedTest
  @EnumSource(TestStore.class)
  void shouldFindAndRepairDriftAndNothingElse(TestStore kind) throws Exception {
    live();
    Path folder = directory.resolve(kind.name());
    try (SimulatedRpc node = new SimulatedRpc(chain, RpcForm.V28, 0);
        FollowedChain log = new FollowedChain(kind, folder, chain).from(chain.oldest());
        Reconciliation reconciliation = reconciliation(log, node)) {
      Indexer indexer = log.follow(node);
      log.awaitAll(indexer);
      reconciliation.start();
      node.faults().archived(true);
      round(reconciliation);
      node.faults().archived(false);
      assertThat(reconciliation.status().drifts()).isEmpty();
      assertThat(reconciliation.status().compared()).isGreaterThan(50);
      assertThat(check(reconciliation, OTHER).entry()).as("its entry was deleted").isEmpty();
      for (long id = OTHER; id <= OTHER + 2; id++) {
        assertThat(check(reconciliation, id).differences()).isEmpty();
      }
      assertThat(stream(log, OTHER + 1).status()).isEqualTo(StreamStatus.CANCELLED);

      contractDrifts(log, reconciliation);
      if (kind == TestStore.POSTGRES) { // nobody else can write the embedded one
        rowDrifts(kind, folder, log, reconciliation);
      }
      round(reconciliation);
      assertThat(reconciliation.status().drifts()).isEmpty();
      log.awaitAll(indexer);
    }
  }

  private void contractDrifts(FollowedChain log, Reconciliation reconciliation) {
    BigInteger id = BigInteger.valueOf(OTHER + 2);
    chain.store(id, Optional.of(more(chain.stream(id).orElseThrow(), 5)));
    int events = log.events().size();
    round(reconciliation);
    assertThat(reconciliation.status().drifts())
        .extracting(Drift::stream, Drift::sentence)
        .containsExactly(
            tuple(new StreamId(OTHER + 2), "withdrawnAmount is 0, and 5 by the contract"));
    assertThat(log.events()).as("nothing is repaired by itself").hasSize(events);
    assertThat(repair(reconciliation, OTHER + 2)).isTrue();
    assertThat(log.types().subList(events, log.types().size()))
        .containsExactly("stream.reconciled");
    assertThat(stream(log, OTHER + 2).withdrawn().value()).isEqualTo(5);
    assertThat(check(reconciliation, OTHER + 2).differences()).isEmpty();
    assertThat(repair(reconciliation, OTHER + 2)).as("a repeat").isFalse();
    assertThat(log.events()).hasSize(events + 1);
  }

  /** Somebody has changed a row of the database. */
  private static void rowDrifts(
      TestStore kind, Path folder, FollowedChain log, Reconciliation reconciliation)
      throws SQLException {
    try (Connection connection = kind.connect(folder);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE streams SET deposited = '77777' WHERE stream_id = " + (OTHER + 2));
    }
    assertThat(check(reconciliation, OTHER + 2).differences())
        .containsExactly(
            new Difference(With.CONTRACT, "depositedAmount", "77777", "10001"),
            new Difference(With.EVENTS, "depositedAmount", "77777", "10001"));
    assertThat(repair(reconciliation, OTHER + 2)).isTrue();
    assertThat(stream(log, OTHER + 2).deposited().value()).isEqualTo(10_001);
  }
}
