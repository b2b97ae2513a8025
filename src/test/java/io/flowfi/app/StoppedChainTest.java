package io.flowfi.app;

import static io.flowfi.app.FollowedChain.done;
import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.ContractEvents.withdrawn;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.Fault;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.IndexerStatus.State;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.PlacedEvent;
import io.flowfi.simulator.RpcFaults.Failure;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two nodes of the RPC disagree about an event. Whatever happens to the servers after that, only an
 * administrator goes on: the wrong node might not be asked again.
 */
@ParameterizedClass
@EnumSource(TestStore.class)
@Timeout(120)
class StoppedChainTest {
  @Parameter TestStore kind;
  @TempDir Path directory;
  private final SimulatedChain chain = new SimulatedChain();
  private final SimulatedRpc right = new SimulatedRpc(chain);
  private final SimulatedRpc wrong = new SimulatedRpc(chain);
  private FollowedChain log;

  @BeforeEach
  void open() {
    log = new FollowedChain(kind, directory, chain).from(chain.oldest());
    chain.ledger(
        tx(
            streamCreated(
                1,
                EveryEvent.SENDER,
                EveryEvent.RECIPIENT,
                EveryEvent.TOKEN,
                10,
                10_000,
                1_790_000_000)));
  }

  @AfterEach
  void close() {
    log.close();
    right.close();
    wrong.close();
  }

  /** A lease that a test gives and takes. */
  private static final class Switch implements ChainLease {
    volatile boolean on;

    Switch(boolean on) {
      this.on = on;
    }

    @Override
    public boolean hold() {
      return on;
    }

    @Override
    public Optional<Holder> holder() {
      return Optional.empty();
    }

    @Override
    public void close() {
      on = false;
    }
  }

  private void withdraw(long amount) {
    chain.ledger(
        tx(
            withdrawn(
                BigInteger.ONE,
                EveryEvent.RECIPIENT,
                BigInteger.valueOf(amount),
                BigInteger.valueOf(1_790_000_100))));
  }

  /** Both are right from then on. */
  private Fault.Disagreement disagree(Indexer indexer) {
    log.awaitAll(indexer);
    PlacedEvent event = chain.events().get(0);
    wrong.faults().tamper(event.id(), event.event().withValue(new byte[] {0, 0, 0, 1}));
    right.faults().fail(Failure.UNAVAILABLE);
    withdraw(3);
    Fault.Disagreement fault = log.awaitFault(indexer, Fault.Disagreement.class);
    await().until(() -> log.fixture.store.chain().fault().isPresent());
    wrong.faults().clear();
    right.faults().clear();
    return fault;
  }

  private void isStopped(Indexer indexer, Fault.Disagreement fault) {
    assertThat(log.awaitFault(indexer, Fault.Recorded.class))
        .isEqualTo(new Fault.Recorded(fault.code(), fault.reason(), fault.notice()));
    assertThat(indexer.status().state()).isEqualTo(State.FAULT);
    assertThat(indexer.degraded().orElseThrow())
        .contains("two RPC nodes disagree about event " + fault.event());
    assertThat(log.types()).containsExactly("stream.created");
  }

  @Test
  void shouldStandStillAfterARestart() {
    Indexer first = log.follow(right, wrong);
    Fault.Disagreement fault = disagree(first);
    first.close();
    int pages = right.calls("getEvents") + wrong.calls("getEvents");
    Indexer again = log.follow(right);
    isStopped(again, fault);
    await().until(() -> again.status().oldest().isPresent());
    withdraw(4);
    assertThat(right.calls("getEvents") + wrong.calls("getEvents")).isEqualTo(pages);

    done(again.reset(again.status().cursor().orElseThrow().scanned() + 1, false));
    log.awaitAll(again);
    assertThat(again.status().fault()).isEmpty();
    assertThat(log.types())
        .containsExactly("stream.created", "stream.withdrawn", "stream.withdrawn");
    again.close();
    log.awaitAll(log.follow(wrong));
  }

  @Test
  void shouldStandStillOnTheNodeThatTakesOver() {
    Switch ones = new Switch(true);
    Switch others = new Switch(false);
    Indexer one = log.follow(ones, right, wrong);
    Indexer other = log.follow(others, right);
    Fault.Disagreement fault = disagree(one);
    ones.on = false;
    await().until(() -> one.status().state() == State.STANDBY);
    assertThat(one.degraded()).isEmpty();
    others.on = true;
    isStopped(other, fault);

    done(other.reset(other.status().cursor().orElseThrow().scanned() + 1, false));
    log.awaitAll(other);
    others.on = false;
    await().until(() -> other.status().state() == State.STANDBY);
    ones.on = true;
    withdraw(5);
    log.awaitAll(one);
    assertThat(log.types())
        .containsExactly("stream.created", "stream.withdrawn", "stream.withdrawn");
  }

  /** It stands at the fault while the other one goes on: no lease makes that impossible. */
  @Test
  void shouldGoOnWhereAnotherNodeWasReset() {
    Indexer one = log.follow(right, wrong);
    disagree(one);
    Indexer other = log.follow(right);
    log.awaitFault(other, Fault.Recorded.class);
    done(other.reset(other.status().cursor().orElseThrow().scanned() + 1, false));
    await().until(() -> one.status().fault().isEmpty());
    log.awaitAll(one);
    log.awaitAll(other);
    assertThat(log.types()).containsExactly("stream.created", "stream.withdrawn");
  }
}
