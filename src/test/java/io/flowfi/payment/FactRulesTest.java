package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.payment.StreamFact.Cancelled;
import io.flowfi.payment.StreamFact.Changed;
import io.flowfi.payment.StreamFact.Closed;
import io.flowfi.payment.StreamFact.Completed;
import io.flowfi.payment.StreamFact.Created;
import io.flowfi.payment.StreamFact.FeeCollected;
import io.flowfi.payment.StreamFact.Paused;
import io.flowfi.payment.StreamFact.RateModified;
import io.flowfi.payment.StreamFact.Resumed;
import io.flowfi.payment.StreamFact.ToppedUp;
import io.flowfi.payment.StreamFact.Withdrawn;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every fact of the chain counts, whatever the log holds. */
class FactRulesTest {
  private static final StreamId ID = StreamFixture.ID;
  private static final Amount HUNDRED = Amount.of(100);
  private static final Parties BOTH = Parties.of(StreamFixture.SENDER, StreamFixture.RECIPIENT);

  private static final Created CREATED =
      new Created(
          ID,
          StreamFixture.SENDER,
          StreamFixture.RECIPIENT,
          StreamFixture.TOKEN,
          Amount.of(10),
          Amount.of(1000),
          20,
          true);

  /** One of each kind; those of an open stream can all follow its creation. */
  static List<StreamFact> facts() {
    return List.of(
        CREATED,
        new ToppedUp(ID, BOTH, HUNDRED, Amount.of(1100)),
        new Withdrawn(ID, BOTH, HUNDRED),
        new Paused(ID, BOTH, 40),
        new Resumed(ID, BOTH, 140),
        new Cancelled(ID, BOTH, HUNDRED, Amount.of(900)),
        new Completed(ID, BOTH, Amount.of(1000)),
        new FeeCollected(ID, Parties.NONE, StreamFixture.SENDER, Amount.of(3), StreamFixture.TOKEN),
        new RateModified(ID, BOTH, Amount.of(10), Amount.of(20), 100, 50),
        new Closed(ID, StreamFixture.SENDER, 50),
        new Changed(ID, Parties.NONE, "dispute_requested", "{}"));
  }

  /** Fails for a kind that is forgotten here or in the rules. */
  @Test
  void shouldHaveARuleForEveryFact() {
    assertThat(StreamFixture.kindsOf(facts()))
        .isEqualTo(Set.of(StreamFact.class.getPermittedSubclasses()));
    for (StreamFact fact : facts()) {
      AppliedFact applied = FactRules.apply(Optional.empty(), fact, 1, 50);
      assertThat(applied.events()).hasSize(1);
      assertThat(applied.events().get(0).change().type()).isEqualTo(fact.type());
      assertThat(applied.after().origin()).isEqualTo(Origin.CHAIN);
      assertThat(applied.after().version()).isEqualTo(1);
    }
  }
}
