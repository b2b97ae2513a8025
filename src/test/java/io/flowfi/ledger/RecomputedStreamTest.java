package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.EventType;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamStatus;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The events of a stream of the chain make the stream that the store has. */
@Timeout(60)
class RecomputedStreamTest {
  private static final String HASH = "0123456789abcdef".repeat(4);
  private static final Address SENDER = LedgerFixture.account(7);
  private static final Address RECIPIENT = LedgerFixture.account(8);
  private static final long CLOSED_AT = LedgerFixture.START - 100_000;
  private static final int STREAMS = 12;

  @TempDir Path directory;
  private LedgerFixture fixture;
  private long number;

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private <R> R run(LogEntry<R> entry) {
    return fixture.ledger.submit(entry).toCompletableFuture().join();
  }

  private void apply(Fact... facts) {
    List<ChainFact> all = new ArrayList<>();
    for (Fact fact : facts) {
      long at = ++number;
      all.add(
          new ChainFact(
              fact,
              new ChainPosition(1000 + at, 1, 0, 0),
              HASH,
              CLOSED_AT + 10 * at,
              fact.type().wireName(),
              ByteBuffer.allocate(32).putLong(at).array(),
              Optional.empty()));
    }
    run(new ChainFacts(Optional.empty(), List.of(), all, Optional.empty()));
  }

  private static StreamFact.Created created(long id) {
    return new StreamFact.Created(
        new StreamId(id),
        SENDER,
        RECIPIENT,
        LedgerFixture.TOKEN,
        Amount.of(3),
        Amount.of(1_000_000),
        CLOSED_AT,
        true);
  }

  private StreamFact any(Random random) {
    StreamId id = new StreamId(1 + random.nextInt(STREAMS));
    long now = CLOSED_AT + 10 * (number + 1);
    Amount some = Amount.of(1 + random.nextInt(500));
    return switch (random.nextInt(11)) {
      case 0, 1 -> created(id.bits());
      case 2 -> new StreamFact.ToppedUp(id, Parties.ofSender(SENDER), some, Amount.of(2_000_000));
      case 3, 4 -> new StreamFact.Withdrawn(id, Parties.ofRecipient(RECIPIENT), some);
      case 5 -> new StreamFact.Paused(id, Parties.ofSender(SENDER), now);
      case 6 -> new StreamFact.Resumed(id, Parties.ofSender(SENDER), now + 5_000);
      case 7 ->
          new StreamFact.RateModified(
              id, Parties.ofSender(SENDER), Amount.of(3), Amount.of(7), now + 9_000, now);
      case 8 ->
          new StreamFact.FeeCollected(
              id, Parties.NONE, LedgerFixture.account(9), some, LedgerFixture.TOKEN);
      case 9 -> new StreamFact.Changed(id, Parties.NONE, "dispute_requested", "{\"a\":\"1\"}");
      default ->
          switch (random.nextInt(3)) {
            case 0 ->
                new StreamFact.Cancelled(
                    id, Parties.of(SENDER, RECIPIENT), some, Amount.of(999_000));
            case 1 -> new StreamFact.Completed(id, Parties.ofRecipient(RECIPIENT), some);
            default -> new StreamFact.Closed(id, LedgerFixture.account(11), now);
          };
    };
  }

  private PaymentStream stream(long id) {
    return fixture.store.streams().find(new StreamId(id)).orElseThrow();
  }

  private List<LoggedEvent> events(long id) {
    return fixture
        .store
        .log()
        .read(
            LogPosition.BEGINNING,
            new EventFilter(false, Set.of(new StreamId(id)), Set.of(), Set.of()),
            100_000)
        .events();
  }

  private Optional<PaymentStream> recomputed(long id) {
    RecomputedStream told = new RecomputedStream();
    events(id).forEach(told::add);
    return told.state();
  }

  private void assertAllAgree(String when) {
    for (long id = 1; id <= STREAMS; id++) {
      if (fixture.store.streams().find(new StreamId(id)).isPresent()) {
        PaymentStream here = stream(id);
        PaymentStream told = recomputed(id).orElseThrow();
        assertThat(told.with(here.onChain().get().from(told.onChain().get().accruesFrom())))
            .as("stream %d %s, made of %s", id, when, events(id))
            .isEqualTo(here);
      }
    }
  }

  @Test
  void shouldMakeTheSameStreamOfAnyEvents() {
    Set<Class<?>> kinds = new HashSet<>();
    for (int seed = 0; seed < 15; seed++) {
      Random random = new Random(seed);
      for (int i = 0; i < 40; i++) {
        StreamFact fact = any(random);
        kinds.add(fact.getClass());
        apply(fact);
      }
      assertAllAgree("after seed " + seed);
    }
    assertThat(kinds).as("all facts").isEqualTo(Set.of(StreamFact.class.getPermittedSubclasses()));
  }

  /** Past states are made of the same events: see the store's own way. */
  @Test
  void shouldFindTheStreamAsItWasAfterAnyEvent() {
    Map<Long, PaymentStream> was = new HashMap<>();
    apply(created(1));
    Set<Class<?>> kinds = new HashSet<>(Set.of(StreamFact.Created.class));
    Random random = new Random(1);
    for (int i = 0; i < 400; i++) {
      StreamFact fact = any(random);
      if (fact.streamId().bits() == 1) {
        kinds.add(fact.getClass());
        apply(fact);
        was.put(CLOSED_AT + 10 * number, stream(1));
      }
    }
    assertThat(kinds).as("all facts").isEqualTo(Set.of(StreamFact.class.getPermittedSubclasses()));
    was.forEach(
        (at, stream) ->
            assertThat(fixture.store.streams().asOf(stream.id(), at))
                .as("at %d", at)
                .hasValue(stream));
  }

  @Test
  void shouldMakeTheSameStreamOfOneThatWasFoundOrReconciled() {
    StreamEntry entry = entry(1, 40);
    run(new ChainFacts(Optional.empty(), List.of(entry), List.of(), Optional.empty()));
    assertAllAgree("found");
    apply(new StreamFact.Withdrawn(new StreamId(1), Parties.NONE, Amount.of(5)));
    assertAllAgree("withdrawn");
    run(new ChainRepair.Reconcile(entry(1, 70), stream(1).version()));
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(70));
    assertAllAgree("reconciled");
    apply(
        new StreamFact.Withdrawn(new StreamId(1), Parties.NONE, Amount.of(5)),
        new StreamFact.Paused(new StreamId(1), Parties.NONE, CLOSED_AT + 60));
    assertThat(stream(1).withdrawn()).isEqualTo(Amount.of(75));
    assertAllAgree("paused");
  }

  private static StreamEntry entry(long id, long withdrawn) {
    return new StreamEntry(
        new StreamId(id),
        SENDER,
        RECIPIENT,
        LedgerFixture.TOKEN,
        Amount.of(3),
        Amount.of(1_000_000),
        Amount.of(withdrawn),
        CLOSED_AT,
        CLOSED_AT + 5,
        StreamStatus.ACTIVE,
        OptionalLong.empty(),
        1000,
        true);
  }

  @Test
  void shouldMakeTheSameStreamOfAClaimThatTheChainHasReplaced() {
    fixture.run(LedgerFixture.create(Optional.of(new StreamId(1)), 1, 2));
    apply(created(1), new StreamFact.Withdrawn(new StreamId(1), Parties.NONE, Amount.of(5)));
    assertThat(recomputed(1).orElseThrow().withdrawn()).isEqualTo(Amount.of(5));
    assertAllAgree("replaced");
  }

  @Test
  void shouldSayThatTheBeginningIsMissing() {
    apply(created(1), new StreamFact.Withdrawn(new StreamId(1), Parties.NONE, Amount.of(5)));
    RecomputedStream told = new RecomputedStream();
    told.add(events(1).get(1));
    assertThat(told.state()).isEmpty();
  }

  @Test
  void shouldSayWhichEventIsNotAsItWasWritten() {
    apply(created(1));
    LoggedEvent event = events(1).get(0);
    LoggedEvent broken =
        new LoggedEvent(
            event.position(),
            EventType.STREAM_CREATED,
            event.streamId(),
            event.sender(),
            event.recipient(),
            event.timestamp(),
            event.payload().replace("\"1000000\"", "\"many\""));
    RecomputedStream told = new RecomputedStream();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> told.add(broken))
        .withMessageContaining("event 1 ");
  }
}
