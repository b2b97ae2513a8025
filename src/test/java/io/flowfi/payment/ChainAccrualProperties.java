package io.flowfi.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What we say is claimable is what the contract would pay, whatever happens to a stream. */
class ChainAccrualProperties {
  private static final StreamId ID = StreamFixture.ID;

  /** What somebody asks of the contract, some seconds after what was before. */
  record Act(String name, long pause, long amount) {}

  @Provide
  Arbitrary<List<Act>> acts() {
    return Combinators.combine(
            Arbitraries.of("pause", "resume", "withdraw", "top up", "rate"),
            Arbitraries.longs().between(0, 500),
            Arbitraries.longs().between(1, 5_000))
        .as(Act::new)
        .list()
        .ofMaxSize(30);
  }

  /** The contract's own arithmetic, with its one time from which all is counted. */
  private static final class Contract {
    long rate;
    long deposited;
    long withdrawn;
    long lastUpdate;
    boolean paused;
    long pausedAt;
    boolean active = true;

    Contract(long rate, long deposited, long now) {
      this.rate = rate;
      this.deposited = deposited;
      this.lastUpdate = now;
    }

    long claimable(long now) {
      long elapsed = Math.max(0, (paused ? pausedAt : now) - lastUpdate);
      return Math.min(elapsed * rate, Math.max(0, deposited - withdrawn));
    }

    /** The facts that it emits; none if it refuses. */
    List<StreamFact> run(Act act, long now) {
      if (!active) {
        return List.of();
      }
      switch (act.name()) {
        case "pause":
          if (paused) {
            return List.of();
          }
          paused = true;
          pausedAt = now;
          return List.of(new StreamFact.Paused(ID, Parties.NONE, now));
        case "resume":
          if (!paused) {
            return List.of();
          }
          lastUpdate += now - pausedAt;
          paused = false;
          return List.of(new StreamFact.Resumed(ID, Parties.NONE, now + 1));
        case "withdraw":
          long due = claimable(now);
          if (paused || due == 0) {
            return List.of();
          }
          withdrawn += due;
          lastUpdate = now;
          active = withdrawn < deposited;
          StreamFact drawn = new StreamFact.Withdrawn(ID, Parties.NONE, Amount.of(due));
          return active
              ? List.of(drawn)
              : List.of(drawn, new StreamFact.Completed(ID, Parties.NONE, Amount.of(withdrawn)));
        case "top up":
          deposited += act.amount();
          return List.of(
              new StreamFact.ToppedUp(
                  ID, Parties.NONE, Amount.of(act.amount()), Amount.of(deposited)));
        default:
          long before = rate;
          rate = act.amount();
          lastUpdate = now;
          return List.of(
              new StreamFact.RateModified(
                  ID, Parties.NONE, Amount.of(before), Amount.of(rate), now, now));
      }
    }
  }

  @Property
  void shouldSayWhatTheContractWouldPay(@ForAll("acts") List<Act> acts) {
    long now = 1_000;
    Contract contract = new Contract(7, 10_000, now);
    PaymentStream stream =
        FactRules.apply(
                Optional.empty(),
                new StreamFact.Created(
                    ID,
                    StreamFixture.SENDER,
                    StreamFixture.RECIPIENT,
                    StreamFixture.TOKEN,
                    Amount.of(7),
                    Amount.of(10_000),
                    now,
                    true),
                1,
                now)
            .after();
    for (Act act : acts) {
      now += act.pause();
      for (StreamFact fact : contract.run(act, now)) {
        AppliedFact applied = FactRules.apply(Optional.of(stream), fact, 1, now);
        assertThat(applied.anomalies()).isEmpty();
        stream = applied.after();
      }
      for (long at : new long[] {now, now + 1, now + 77, now + 100_000}) {
        assertThat(stream.claimable(at).orElseThrow().value())
            .as("%s at %s", act, at)
            .isEqualTo(BigInteger.valueOf(contract.active ? contract.claimable(at) : 0));
      }
    }
    if (stream.status() == StreamStatus.ACTIVE) {
      long end = stream.endTime().getAsLong();
      Amount left = stream.deposited().minus(stream.withdrawn());
      assertThat(stream.claimable(end)).contains(left);
      assertThat(end <= now || stream.claimable(end - 1).orElseThrow().compareTo(left) < 0)
          .isTrue();
    }
  }
}
