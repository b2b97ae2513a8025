package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.StoredStream;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.query.StreamQueries;
import io.flowfi.servers.TestStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares past states of streams with the states in the ledger's answers at that time. */
@ParameterizedClass
@EnumSource(TestStore.class)
class StreamPastTest {
  @Parameter TestStore kind;

  @TempDir Path directory;

  @Test
  void shouldBeAsItWasAtEverySecondOfItsLife() {
    try (LedgerFixture fixture = new LedgerFixture(kind, directory)) {
      RandomHistory history = new RandomHistory(fixture, 20_264);
      history.play(1_200);
      assertThat(history.kinds()).as("all commands").isEqualTo(everyKind(StreamCommand.class));
      assertThat(StreamPast.CHANGES)
          .as("all events of commands")
          .containsExactlyInAnyOrderElementsOf(
              history.log().stream().map(LoggedEvent::type).distinct().toList());
      Map<StreamId, List<PaymentStream>> lives = new HashMap<>();
      for (StoredStream row : history.states()) {
        lives.computeIfAbsent(row.stream().id(), id -> new ArrayList<>()).add(row.stream());
      }
      StreamQueries streams = fixture.store.streams();
      int resumed = 0;
      for (List<PaymentStream> life : lives.values()) {
        long born = life.get(0).lastUpdateTime();
        for (PaymentStream state : life) {
          for (long at : List.of(state.lastUpdateTime() - 1, state.lastUpdateTime(), born - 50)) {
            PaymentStream expected = life.get(0);
            for (PaymentStream candidate : life) {
              expected = candidate.lastUpdateTime() <= at ? candidate : expected;
            }
            assertThat(streams.asOf(state.id(), at)).as("at %d", at).contains(expected);
            resumed += expected.totalPausedDuration() > 0 ? 1 : 0;
          }
        }
      }
      assertThat(resumed).isGreaterThan(50);
    }
  }

  private static Set<Class<?>> everyKind(Class<?> sealed) {
    return Stream.of(sealed.getPermittedSubclasses())
        .flatMap(kind -> kind.isSealed() ? everyKind(kind).stream() : Stream.<Class<?>>of(kind))
        .collect(Collectors.toSet());
  }
}
