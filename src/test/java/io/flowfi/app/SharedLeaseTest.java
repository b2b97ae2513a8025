package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.cluster.LeaseStore;
import io.flowfi.indexer.ChainLease;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long the chain is without a reader when a node dies, by a clock that only the test moves. */
class SharedLeaseTest {
  private static final Duration PROMISE = Duration.ofSeconds(5);

  /** The promise ends with what the other one has read. */
  private static final Duration FOR_THE_FIRST_PAGE = Duration.ofSeconds(1);

  /** Nobody sees that a node is dead: its lease has to run out. */
  private final Clocked store = new Clocked();

  private final ChainLease dead = new SharedLease(store, "dead");
  private final ChainLease other = new SharedLease(store, "other");

  private static final class Clocked implements LeaseStore {
    private record Held(String node, Duration until) {}

    private final Map<String, Held> held = new HashMap<>();
    private Duration now = Duration.ZERO;

    private boolean isFree(String task) {
      return !held.containsKey(task) || held.get(task).until().compareTo(now) <= 0;
    }

    @Override
    public boolean hold(String task, String node, Duration lasts) {
      boolean ours = isFree(task) || held.get(task).node().equals(node);
      if (ours) {
        held.put(task, new Held(node, now.plus(lasts)));
      }
      return ours;
    }

    @Override
    public Optional<Holder> holder(String task) {
      return isFree(task)
          ? Optional.empty()
          : Optional.of(new Holder(held.get(task).node(), Optional.of("a name")));
    }

    @Override
    public void giveBack(String task, String node) {
      if (!isFree(task) && held.get(task).node().equals(node)) {
        held.remove(task);
      }
    }
  }

  /** At worst it dies right after it has renewed; the other one may look at any time. */
  @Test
  void shouldBeTakenOverWithinFiveSecondsOfADeath() {
    for (int phase = 0; phase < ChainLease.BETWEEN_LOOKS.toMillis(); phase++) {
      assertThat(dead.hold()).isTrue();
      Duration died = store.now;
      store.now = store.now.plusMillis(phase);
      while (!other.hold()) {
        assertThat(other.holder()).contains(new ChainLease.Holder("dead", Optional.of("a name")));
        store.now = store.now.plus(ChainLease.BETWEEN_LOOKS);
      }
      assertThat(store.now.minus(died)).isLessThan(PROMISE.minus(FOR_THE_FIRST_PAGE));
      assertThat(dead.hold()).isFalse();
      other.close();
    }
  }

  /** Two looks may fail, or take long, before a node that lives loses it. */
  @Test
  void shouldNotBeLostByANodeThatIsSlowOnce() {
    assertThat(dead.hold()).isTrue();
    store.now = store.now.plus(ChainLease.BETWEEN_LOOKS.multipliedBy(3));
    assertThat(other.hold()).isFalse();
    assertThat(dead.hold()).isTrue();
  }

  @Test
  void shouldBeFreeAtOnceWhenItIsGivenBack() {
    assertThat(dead.hold()).isTrue();
    dead.close();
    assertThat(other.holder()).isEmpty();
    assertThat(other.hold()).isTrue();
  }
}
