package io.flowfi.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.log.CommitListener;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LoggedEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Without a channel: then it only polls. */
class RelayTest {
  private volatile Error failure;
  private final AtomicInteger rings = new AtomicInteger();

  private final CommitListener feed =
      new CommitListener() {
        @Override
        public void committed(List<LoggedEvent> batch) {
          throw new AssertionError("nothing was committed here");
        }

        @Override
        public void ring() {
          rings.incrementAndGet();
          if (failure != null) {
            throw failure;
          }
        }
      };

  /** Otherwise events of other nodes would stay away forever, and the node would seem well. */
  @Test
  void shouldGoOnPollingAfterAnErrorAndBeDegradedUntilThen() throws Exception {
    failure = new LinkageError("a class is missing");
    try (Relay relay =
        new Relay(
            new LogIdentity("k3f9"),
            LogSecret.random(),
            Optional.empty(),
            Duration.ofMillis(5),
            feed,
            () -> LogPosition.BEGINNING)) {
      assertThat(relay.degraded()).isEmpty();
      relay.start();
      await()
          .untilAsserted(
              () -> assertThat(relay.degraded()).hasValue("cannot poll for events of other nodes"));
      int before = rings.get();
      await().until(() -> rings.get() > before + 1);
      failure = null;
      await().untilAsserted(() -> assertThat(relay.degraded()).isEmpty());
    }
  }
}
