package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Anomaly;
import io.flowfi.payment.AppliedFact;
import io.flowfi.payment.FactRules;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamEvent;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The part of a batch that comes from the chain. Each entry is worked out apart and counts only
 * when all of it is: if it throws, the batch is as if it had not been there. Used once, by the
 * writer thread.
 */
final class ChainBatch {
  private final LedgerSession session;
  private final long now;
  private final Function<StreamId, StoredStream> streams;

  /** Where the cursor is after the entries so far; null until it is read. */
  private Optional<ChainCursor> cursor;

  /** What stops the reading after the entries so far; null until it is read. */
  private Optional<ChainFault> fault;

  private boolean moved;
  private boolean gap;
  private boolean faultEnds;
  private boolean faultBegins;
  private final Map<ChainPosition, KnownFact> added = new LinkedHashMap<>();
  private final List<PutAside> quarantined = new ArrayList<>();
  private final Set<StreamId> replaced = new HashSet<>();

  /**
   * @param now the time of the batch, in Unix seconds
   * @param streams as the batch has left them; null for those that do not exist
   */
  ChainBatch(LedgerSession session, long now, Function<StreamId, StoredStream> streams) {
    this.session = session;
    this.now = now;
    this.streams = streams;
  }

  /** What an entry adds to the batch. */
  record Addition(
      Map<StreamId, StoredStream> streams, List<LoggedEvent> events, AppliedFacts answer) {}

  /** What the store is to write of the chain. */
  ChainChanges changes() {
    return cursor == null && fault == null && added.isEmpty() && replaced.isEmpty()
        ? ChainChanges.NONE
        : new ChainChanges(
            moved ? cursor : Optional.empty(),
            List.copyOf(added.values()),
            quarantined,
            gap,
            faultEnds,
            faultBegins ? fault : Optional.empty(),
            replaced);
  }

  /** Whether all open streams of the chain are unverified, whatever the store says. */
  boolean hasGap() {
    return gap;
  }

  /**
   * Applies the facts that are new.
   *
   * @param head where the log ends before them
   * @throws OtherChainException if another event stands at the place of one of them
   */
  Addition apply(ChainFacts facts, long head) {
    if (facts.next().isPresent() && !isExpected(facts.expected())) {
      return nothing();
    }
    Work work = new Work(head);
    for (StreamEntry entry : facts.found()) {
      work.find(entry);
    }
    Map<ChainPosition, KnownFact> known = known(facts.facts());
    for (ChainFact fact : facts.facts()) {
      work.take(fact, known);
    }
    facts.next().ifPresent(this::moveTo);
    added.putAll(work.facts);
    return work.done();
  }

  /** Those that are in the log already, within the ledgers of these facts. */
  private Map<ChainPosition, KnownFact> known(List<ChainFact> facts) {
    Map<ChainPosition, KnownFact> known = new HashMap<>();
    if (!facts.isEmpty()) {
      long from = facts.get(0).position().ledger();
      long to = facts.get(facts.size() - 1).position().ledger();
      session.knownFacts(from, to).forEach(fact -> known.put(fact.position(), fact));
    }
    return known;
  }

  /**
   * Carries out what an administrator has decided.
   *
   * @param head where the log ends before it
   */
  Addition repair(ChainRepair repair, long head) {
    Work work = new Work(head);
    if (repair instanceof ChainRepair.Reset wanted) {
      if (!wanted.expected().equals(cursor())) {
        return nothing();
      }
      resetTo(wanted.next());
    } else if (repair instanceof ChainRepair.Gap wanted) {
      if (!wanted.expected().equals(cursor())) {
        return nothing();
      }
      work.log(new ProtocolFact.HistoryGap(wanted.fromLedger(), wanted.toLedger()));
      gap = true;
      resetTo(wanted.next());
    } else if (repair instanceof ChainRepair.Quarantine wanted) {
      if (!isExpected(wanted.expected())) {
        return nothing();
      }
      work.log(new ProtocolFact.Quarantined(wanted.id(), wanted.reason(), wanted.stream()));
      wanted.stream().ifPresent(work::doubt);
      quarantined.add(
          new PutAside(
              wanted.position(), wanted.id(), wanted.reason(), wanted.stream(), work.position()));
      moveTo(wanted.next());
    } else if (repair instanceof ChainRepair.Reconcile wanted) {
      StoredStream stored = work.stream(wanted.entry().id());
      if (stored == null || stored.stream().version() != wanted.expectedVersion()) {
        return nothing();
      }
      work.add(
          FactRules.reconciled(stored.stream(), wanted.entry().state(now), now), Optional.empty());
    } else if (repair instanceof ChainRepair.Verified wanted) {
      wanted.streams().forEach(work::confirm);
    } else {
      throw new IllegalStateException("no rule for " + repair.getClass());
    }
    return work.done();
  }

  /**
   * Keeps what stops the reading, unless the reader is not the last one to have moved the cursor.
   */
  Addition stop(ChainStop stop) {
    if (!isExpected(stop.expected())) {
      return nothing();
    }
    fault = Optional.of(stop.fault());
    faultBegins = true;
    return new Addition(Map.of(), List.of(), new AppliedFacts(cursor(), true, 0, 0, Map.of()));
  }

  private void resetTo(ChainCursor next) {
    if (fault().isPresent()) {
      faultEnds = true;
      faultBegins = false;
      fault = Optional.empty();
    }
    moveTo(next);
  }

  /** Whether a reader of the chain may go on from there. */
  private boolean isExpected(Optional<ChainCursor> expected) {
    return expected.equals(cursor()) && fault().isEmpty();
  }

  private Optional<ChainFault> fault() {
    if (fault == null) {
      fault = session.chainFault();
    }
    return fault;
  }

  private Optional<ChainCursor> cursor() {
    if (cursor == null) {
      cursor = session.chainCursor();
    }
    return cursor;
  }

  private void moveTo(ChainCursor next) {
    cursor = Optional.of(next);
    moved = true;
  }

  private Addition nothing() {
    return new Addition(Map.of(), List.of(), new AppliedFacts(cursor(), false, 0, 0, Map.of()));
  }

  /** What one entry adds, before it counts. */
  private final class Work {
    private final long head;
    private final Map<StreamId, StoredStream> then = new LinkedHashMap<>();
    private final List<LoggedEvent> events = new ArrayList<>();
    private final Map<ChainPosition, KnownFact> facts = new LinkedHashMap<>();
    private final Map<String, Integer> anomalies = new TreeMap<>();
    private final Set<StreamId> others = new HashSet<>();
    private int known;

    Work(long head) {
      this.head = head;
    }

    LogPosition position() {
      return new LogPosition(head + events.size());
    }

    StoredStream stream(StreamId id) {
      StoredStream ours = then.get(id);
      return ours == null ? streams.apply(id) : ours;
    }

    private Optional<PaymentStream> state(StreamId id) {
      return Optional.ofNullable(stream(id)).map(StoredStream::stream);
    }

    void find(StreamEntry entry) {
      for (StreamEvent event : FactRules.found(state(entry.id()), entry.state(now))) {
        add(event, Optional.empty());
      }
    }

    void take(ChainFact fact, Map<ChainPosition, KnownFact> before) {
      KnownFact here =
          new KnownFact(
              fact.position(),
              fact.transactionHash(),
              HexFormat.of().formatHex(fact.digest()),
              fact.name(),
              fact.raw(),
              position());
      KnownFact there = before.get(fact.position());
      if (there == null) {
        there = added.getOrDefault(fact.position(), facts.get(fact.position()));
      }
      if (there != null) {
        if (!there.isSame(here)) {
          throw new OtherChainException(fact.position(), there.identity(), here.identity());
        }
        known++;
        return;
      }
      if (fact.fact() instanceof StreamFact ofStream) {
        AppliedFact applied =
            FactRules.apply(
                state(ofStream.streamId()), ofStream, fact.position().ledger(), fact.closedAt());
        applied.events().forEach(event -> add(event, Optional.of(fact)));
        for (Anomaly anomaly : applied.anomalies()) {
          anomalies.merge(anomaly.wireName(), 1, Integer::sum);
        }
      } else {
        ProtocolFact protocol = (ProtocolFact) fact.fact();
        log(protocol, EventPayload.write(protocol, fact));
      }
      facts.put(fact.position(), here.loggedAt(position()));
    }

    void add(StreamEvent event, Optional<ChainFact> fact) {
      PaymentStream after = event.after();
      StoredStream before = stream(after.id());
      LogPosition at = new LogPosition(head + events.size() + 1);
      events.add(LedgerBatch.logged(event, at, now, EventPayload.write(event, fact)));
      if (before != null && isOther(before.stream(), after)) {
        others.add(after.id());
      }
      then.put(after.id(), new StoredStream(after, before == null ? at : before.created(), at));
    }

    void log(ProtocolFact protocol) {
      log(protocol, EventPayload.write(protocol, now, Optional.empty()));
    }

    private void log(ProtocolFact protocol, String payload) {
      events.add(
          new LoggedEvent(
              new LogPosition(head + events.size() + 1),
              protocol.type(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              now,
              payload));
    }

    void doubt(StreamId id) {
      mark(id, false);
    }

    void confirm(StreamId id) {
      mark(id, true);
    }

    private void mark(StreamId id, boolean verified) {
      StoredStream stored = stream(id);
      if (stored != null && stored.stream().origin() == Origin.CHAIN) {
        then.put(id, stored.verified(verified));
      }
    }

    Addition done() {
      replaced.addAll(others);
      return new Addition(
          then, events, new AppliedFacts(cursor(), true, events.size(), known, anomalies));
    }
  }

  /** Whether more than what changes with every event is different. */
  private static boolean isOther(PaymentStream before, PaymentStream after) {
    return before.origin() != after.origin()
        || !before.sender().equals(after.sender())
        || !before.recipient().equals(after.recipient());
  }
}
