package io.flowfi.app;

import static io.flowfi.app.FollowedChain.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.IndexerRefusedException;
import io.flowfi.indexer.IndexerStatus;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedRpc;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Ledgers that an administrator lets be read again. */
@Timeout(120)
@ParameterizedClass
@EnumSource(TestStore.class)
class ChainReplayTest {
  @Parameter TestStore kind;
  @TempDir Path directory;
  private final SimulatedChain chain = new SimulatedChain();

  private FollowedChain log() {
    try (SimulatedContract contract = new SimulatedContract(chain, 20)) {
      contract.play(300, 10);
    }
    return new FollowedChain(kind, directory, chain);
  }

  private static IndexerStatus.Replay ended(Indexer indexer) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !indexer.status().replay().orElseThrow().running());
    return indexer.status().replay().orElseThrow();
  }

  @Test
  void shouldBringOnlyWhatWasMissing() {
    try (FollowedChain log = log();
        SimulatedRpc node = new SimulatedRpc(chain)) {
      long middle = (chain.oldest() + chain.latest()) / 2;
      Indexer indexer = log.from(middle).follow(node);
      log.awaitAll(indexer);
      int before = log.events().size();
      assertThatThrownBy(() -> done(indexer.replay(chain.latest() + 1)))
          .isInstanceOf(IndexerRefusedException.class);

      done(indexer.replay(middle));
      IndexerStatus.Replay all = ended(indexer);
      assertThat(all.applied()).isZero();
      assertThat(all.known()).isPositive();
      assertThat(log.events()).hasSize(before);

      done(indexer.replay(chain.oldest()));
      IndexerStatus.Replay earlier = ended(indexer);
      assertThat(earlier.applied()).isPositive();
      assertThat(earlier.error()).isEmpty();
      assertThat(log.events()).hasSize(before + (int) earlier.applied());
    }
  }

  @Test
  void shouldAskForFewerEventsIfTheNodeAllowsFewer() {
    try (FollowedChain log = log();
        SimulatedRpc node = new SimulatedRpc(chain)) {
      Indexer indexer = log.from(chain.latest()).follow(node);
      log.awaitAll(indexer);
      node.faults().greatestLimit(60);
      done(indexer.replay(chain.oldest()));
      IndexerStatus.Replay all = ended(indexer);
      assertThat(all.error()).isEmpty();
      assertThat(all.applied() + all.known()).isEqualTo(chain.events().size());
    }
  }

  /** What was brought until then stays, and the next replay brings the rest. */
  @Test
  void shouldEndWhenItIsCancelled() {
    try (FollowedChain log = log();
        SimulatedRpc node = new SimulatedRpc(chain)) {
      Indexer indexer = log.from(chain.latest()).withPagesOf(5).follow(node);
      log.awaitAll(indexer);
      int before = log.events().size();
      node.faults().delay(20);
      done(indexer.replay(chain.oldest()));
      assertThatThrownBy(() -> done(indexer.replay(chain.oldest())))
          .isInstanceOf(IndexerRefusedException.class)
          .hasMessageContaining("cancel it first");
      await().until(() -> indexer.status().replay().orElseThrow().applied() > 0);
      done(indexer.cancelReplay());
      IndexerStatus.Replay cancelled = indexer.status().replay().orElseThrow();
      assertThat(cancelled.running()).isFalse();
      assertThat(cancelled.error()).contains("cancelled");
      assertThat(log.events()).hasSize(before + (int) cancelled.applied());
      assertThat(log.events().size()).isLessThan(chain.events().size());

      node.faults().clear();
      done(indexer.replay(chain.oldest()));
      IndexerStatus.Replay rest = ended(indexer);
      assertThat(rest.error()).isEmpty();
      assertThat(rest.known()).isPositive();
      assertThat(log.events())
          .extracting(event -> event.type().wireName())
          .filteredOn("stream.withdrawn"::equals)
          .hasSize(
              (int)
                  chain.events().stream()
                      .filter(event -> event.event().name().equals("tokens_withdrawn"))
                      .count());
    }
  }
}
