package io.flowfi.indexer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.logs.LoggedLines;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a node makes of the answers of the database about the lease. */
class LeaseKeeperTest {
  private static final ChainLease.Holder OTHER =
      new ChainLease.Holder("other", Optional.of("east"));

  private volatile boolean ours;
  private volatile boolean closed;
  private RuntimeException failure;
  private Error error;
  private final AtomicInteger changes = new AtomicInteger();

  private final LeaseKeeper keeper =
      new LeaseKeeper(
          new ChainLease() {
            @Override
            public boolean hold() {
              if (failure != null) {
                throw failure;
              }
              if (error != null) {
                throw error;
              }
              return ours;
            }

            @Override
            public Optional<Holder> holder() {
              return Optional.of(OTHER);
            }

            @Override
            public void close() {
              closed = true;
            }
          },
          changes::incrementAndGet);

  @Test
  void shouldTellOfEachChangeOnce() {
    keeper.look();
    assertThat(keeper.isHeld()).isFalse();
    assertThat(keeper.otherHolder()).contains(OTHER);
    assertThat(changes).hasValue(0);

    ours = true;
    keeper.look();
    keeper.look();
    assertThat(keeper.isHeld()).isTrue();
    assertThat(keeper.otherHolder()).isEmpty();
    assertThat(changes).hasValue(1);

    ours = false;
    keeper.look();
    assertThat(keeper.isHeld()).isFalse();
    assertThat(keeper.otherHolder()).contains(OTHER);
    assertThat(changes).hasValue(2);
  }

  /** It does not know whether it has the lease, so it must not act as if it had. */
  @Test
  void shouldStandByWhileTheDatabaseDoesNotAnswer() {
    ours = true;
    keeper.look();
    failure = new IllegalStateException("no answer");
    try (LoggedLines lines = LoggedLines.of(LeaseKeeper.class)) {
      keeper.look();
      keeper.look();
      assertThat(lines.lines()).filteredOn(line -> line.startsWith("WARNING")).hasSize(1);
    }
    assertThat(keeper.isHeld()).isFalse();
    assertThat(keeper.otherHolder()).isEmpty();
    assertThat(changes).hasValue(2);
    failure = null;
    keeper.look();
    assertThat(keeper.isHeld()).isTrue();
  }

  /** Nobody else would start its thread again. */
  @Test
  void shouldStandByAfterAnErrorToo() {
    ours = true;
    keeper.look();
    error = new LinkageError("a class is missing");
    keeper.look();
    assertThat(keeper.isHeld()).isFalse();
    error = null;
    keeper.look();
    assertThat(keeper.isHeld()).isTrue();
  }

  /** Who followed the chain before may be gone. */
  @Test
  void shouldNameNobodyWhileTheDatabaseDoesNotAnswer() {
    keeper.look();
    assertThat(keeper.otherHolder()).contains(OTHER);
    failure = new IllegalStateException("no answer");
    keeper.look();
    assertThat(keeper.otherHolder()).isEmpty();
  }

  @Test
  void shouldLookAgainAndAgainAndGiveTheLeaseBackWhenItCloses() {
    keeper.start();
    assertThat(keeper.isHeld()).isFalse();
    for (int times = 0; times < 2; times++) {
      ours = true;
      await().until(keeper::isHeld);
      ours = false;
      await().until(() -> !keeper.isHeld());
    }
    ours = true;
    await().until(keeper::isHeld);
    assertThat(closed).isFalse();
    keeper.close();
    assertThat(keeper.isHeld()).isFalse();
    assertThat(closed).isTrue();
  }
}
