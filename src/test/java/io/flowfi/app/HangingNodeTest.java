package io.flowfi.app;

import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.indexer.Indexer;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.RpcFaults.Failure;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that takes requests and does not answer: it costs the client's whole patience, 15 s. */
@Timeout(120)
class HangingNodeTest {
  @TempDir Path directory;
  private final SimulatedChain chain = new SimulatedChain();
  private int created;

  private void create() {
    chain.ledger(
        tx(
            streamCreated(
                ++created,
                EveryEvent.SENDER,
                EveryEvent.RECIPIENT,
                EveryEvent.TOKEN,
                10,
                10_000,
                1_790_000_000)));
  }

  @Test
  void shouldReadAnotherOneWhenTheFirstHangs() {
    create();
    try (SimulatedRpc first = new SimulatedRpc(chain);
        SimulatedRpc second = new SimulatedRpc(chain);
        FollowedChain log =
            new FollowedChain(TestStore.EMBEDDED, directory, chain).from(chain.oldest())) {
      first.faults().fail(Failure.HANG);
      Indexer indexer = log.follow(first, second);
      log.awaitAll(indexer);
      create();
      log.awaitAll(indexer);
      assertThat(log.types()).containsExactly("stream.created", "stream.created");
      assertThat(indexer.status().fault()).isEmpty();
      assertThat(indexer.status().known()).isZero();
      assertThat(indexer.status().lastError().orElseThrow().message()).contains("15000 ms");
    }
  }
}
