package io.flowfi.ledger;

import io.flowfi.ledger.LedgerChanges.Purge;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogPurpose;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.CommandRejectedException;
import io.flowfi.payment.CommandRejectedException.Reason;
import io.flowfi.payment.Origin;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamEvent;
import io.flowfi.payment.StreamId;
import io.flowfi.payment.StreamNumbering;
import io.flowfi.payment.StreamRules;
import io.flowfi.time.BelievedTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The commands and facts of one transaction, applied in memory one after the other: each sees the
 * effects of those before it. Commands are decided here; facts were decided by the chain and are
 * taken as they are. The store is read before and written after, never in between, so a rejection
 * affects nothing else. Used once, by the writer thread.
 */
final class LedgerBatch {
  private static final long KEY_LIFETIME_SECONDS = 24 * 60 * 60;

  /** Time synchronisation corrects a clock by less than this; more is an operator's correction. */
  private static final long MOST_SECONDS_HELD = 60;

  private final LedgerSession session;
  private final LedgerState before;
  private final StreamNumbering numbering;
  private final LogPurpose purpose;
  private final long now;
  private final BelievedTime time;
  private final long believed;
  private final Map<StreamId, StoredStream> changed = new LinkedHashMap<>();
  private final Map<StoredKey.Id, StoredKey> newKeys = new LinkedHashMap<>();
  private final List<LoggedEvent> events = new ArrayList<>();

  private final ChainBatch chain;
  private Optional<Cut> cut = Optional.empty();
  private long seq;
  private long nextStreamId;
  private Set<StreamId> takenIds = Set.of();
  private long lookedAt = -1;

  /**
   * @param clock read once nobody else can write: a writer that waited must not date its events
   *     before those it waited for
   * @param time decides how old answers to idempotency keys are
   * @param settings of which the numbering and the purpose count
   */
  LedgerBatch(
      LedgerSession session,
      List<? extends LogEntry<?>> entries,
      InstantSource clock,
      BelievedTime time,
      LedgerSettings settings) {
    this.session = session;
    this.purpose = settings.purpose();
    Set<StreamId> ids = new LinkedHashSet<>();
    Set<StoredKey.Id> keyIds = new LinkedHashSet<>();
    for (LogEntry<?> entry : entries) {
      entry.addStreamsTo(ids);
      entry.idempotency().ifPresent(key -> keyIds.add(StoredKey.Id.of(key)));
    }
    this.before = session.begin(ids, keyIds);
    this.seq = before.head().value();
    // another node may have begun to follow a contract; it has moved the next id then
    this.numbering =
        before.nextStreamId() < StreamNumbering.BESIDE_CONTRACT.first().bits()
            ? settings.numbering()
            : StreamNumbering.BESIDE_CONTRACT;
    this.nextStreamId = Math.max(before.nextStreamId(), this.numbering.first().bits());
    this.now = notBefore(before.latestTime(), clock.instant().getEpochSecond());
    this.time = time;
    this.believed = time.seconds(before.latestTime(), before.doubt(), now);
    this.chain = new ChainBatch(session, now, this::readable);
  }

  /**
   * The time of an event after one at {@code latest}. If the clock was set back a little, this time
   * stands still until the clock catches up. If it was set back far, this time follows: amounts are
   * computed from it, and a mistaken future would pay out what is not yet due.
   */
  private static long notBefore(long latest, long clock) {
    if (clock >= latest || latest - clock > MOST_SECONDS_HELD) {
      return clock;
    }
    return latest;
  }

  /** The time of its events, in Unix seconds. */
  long now() {
    return now;
  }

  /** Where the log ended before this batch. */
  LogPosition headBefore() {
    return before.head();
  }

  /**
   * Decides a command. If it throws, the batch is as if the command had not been there.
   *
   * @throws CommandRejectedException if it is not allowed
   * @throws IllegalStateException if its stored stream or key cannot be read
   * @throws StoreException if the store fails, and the batch with it
   */
  Receipt decide(CommandRequest request) {
    if (request.idempotency().isEmpty()) {
      return record(carriedOut(request));
    }
    IdempotencyKey key = request.idempotency().get();
    StoredKey.Id id = StoredKey.Id.of(key);
    StoredKey stored = newKeys.getOrDefault(id, before.keys().get(id));
    if (stored != null && stored.createdAt() > expiredBefore()) {
      if (!stored.digest().equals(key.requestDigest())) {
        throw new CommandRejectedException(
            Reason.IDEMPOTENCY_KEY_REUSED,
            "this Idempotency-Key was used with another request within 24 hours");
      }
      return StoredAnswer.replay(stored.answer());
    }
    try {
      Outcome outcome = carriedOut(request);
      String answer = StoredAnswer.write(outcome.receipt());
      newKeys.put(id, new StoredKey(id, key.requestDigest(), answer, now));
      return record(outcome);
    } catch (CommandRejectedException rejection) {
      newKeys.put(id, new StoredKey(id, key.requestDigest(), StoredAnswer.write(rejection), now));
      throw rejection;
    }
  }

  /**
   * The outcome of a command. It is not in the batch yet, so the command may still fail.
   *
   * @param nextStreamId the next id to assign after it
   */
  private record Outcome(
      Receipt receipt, StoredStream stream, List<LoggedEvent> events, long nextStreamId) {}

  private Outcome carriedOut(CommandRequest request) {
    if (request.command() instanceof StreamCommand.Create create) {
      if (request.expectedVersions().isPresent()) {
        throw new CommandRejectedException(
            Reason.VERSION_MISMATCH, "a stream that is yet to be created has no version to match");
      }
      FreeId id = idFor(create);
      return outcome(StreamRules.create(id.id(), create, now), id.next());
    }
    StreamCommand.OnStream command = (StreamCommand.OnStream) request.command();
    StoredStream stored = readable(command.streamId());
    if (stored == null) {
      throw new CommandRejectedException(
          Reason.UNKNOWN_STREAM, "there is no stream " + command.streamId());
    }
    PaymentStream stream = stored.stream();
    if (stream.origin() == Origin.CHAIN) {
      throw new CommandRejectedException(
          Reason.CONFLICT, "stream " + stream.id() + " lives on chain and only changes there");
    } else if (numbering.isContracts(stream.id())) {
      throw new CommandRejectedException(
          Reason.CONFLICT,
          "stream "
              + stream.id()
              + " is a claim: its id is one of the contract's, and it only changes on chain");
    }
    if (request.expectedVersions().isPresent()
        && !request.expectedVersions().get().contains(stream.version())) {
      throw new CommandRejectedException(
          Reason.VERSION_MISMATCH,
          "stream "
              + stream.id()
              + " is at version "
              + stream.version()
              + ", which If-Match does not name");
    }
    return outcome(StreamRules.apply(stream, command, now), nextStreamId);
  }

  /**
   * The stream as this batch has left it; null if there is none.
   *
   * @throws IllegalStateException if it cannot be read
   */
  private StoredStream readable(StreamId id) {
    if (before.unreadable().containsKey(id)) {
      throw new IllegalStateException(
          "the stored state of stream " + id + " cannot be read", before.unreadable().get(id));
    }
    return stored(id);
  }

  /** The stream as this batch has left it; null if there is none, or it cannot be read. */
  private StoredStream stored(StreamId id) {
    StoredStream ours = changed.get(id);
    if (ours != null) {
      return ours;
    }
    StoredStream stored = before.streams().get(id);
    return stored != null && chain.hasGap() ? stored.afterGap() : stored;
  }

  /**
   * @param next where the search for the following one starts
   */
  private record FreeId(StreamId id, long next) {}

  private FreeId idFor(StreamCommand.Create create) {
    Optional<StreamId> wanted = create.target();
    if (wanted.isEmpty()) {
      return nextFreeId();
    }
    if (stored(wanted.get()) != null || before.unreadable().containsKey(wanted.get())) {
      throw new CommandRejectedException(
          Reason.ALREADY_EXISTS, "stream " + wanted.get() + " exists already");
    }
    return new FreeId(wanted.get(), nextStreamId);
  }

  /** Counts up, past ids that clients have chosen. The counter never goes back. */
  private FreeId nextFreeId() {
    for (long next = nextStreamId; ; next++) {
      if (next > lookedAt) {
        TakenIds taken = session.takenFrom(next);
        takenIds = taken.ids();
        lookedAt = taken.through();
      }
      StreamId candidate = new StreamId(next);
      if (!takenIds.contains(candidate) && stored(candidate) == null) {
        return new FreeId(candidate, next + 1);
      }
    }
  }

  private Outcome outcome(List<StreamEvent> newEvents, long nextId) {
    List<LoggedEvent> logged = new ArrayList<>(newEvents.size());
    List<Receipt.Entry> entries = new ArrayList<>(newEvents.size());
    long position = seq;
    for (StreamEvent event : newEvents) {
      LoggedEvent entry = logged(event, ++position);
      logged.add(entry);
      entries.add(new Receipt.Entry(entry.position(), entry.type()));
    }
    PaymentStream after = newEvents.get(newEvents.size() - 1).after();
    StoredStream stored = stored(after.id());
    LogPosition last = new LogPosition(position);
    return new Outcome(
        new Receipt(after, now, entries, false),
        new StoredStream(after, stored == null ? last : stored.created(), last),
        logged,
        nextId);
  }

  private Receipt record(Outcome outcome) {
    StoredStream stream = outcome.stream();
    seq = stream.updated().value();
    nextStreamId = outcome.nextStreamId();
    events.addAll(outcome.events());
    changed.put(stream.stream().id(), stream);
    return outcome.receipt();
  }

  private LoggedEvent logged(StreamEvent event, long position) {
    return logged(event, new LogPosition(position), now, EventPayload.write(event, purpose));
  }

  /**
   * @param now Unix seconds
   */
  static LoggedEvent logged(StreamEvent event, LogPosition position, long now, String payload) {
    PaymentStream stream = event.after();
    return new LoggedEvent(
        position,
        event.change().type(),
        Optional.of(stream.id()),
        subscriber(stream.sender()),
        subscriber(stream.recipient()),
        now,
        payload);
  }

  private static Optional<Address> subscriber(Address party) {
    return party.isUnknown() ? Optional.empty() : Optional.of(party.key());
  }

  /**
   * Applies the facts of the chain that are new.
   *
   * @throws OtherChainException if another event stands at the place of one of them
   * @throws IllegalStateException if a stored stream cannot be read
   * @throws StoreException if the store fails, and the batch with it
   */
  AppliedFacts apply(ChainFacts facts) {
    return add(chain.apply(facts, seq));
  }

  /** Carries out what an administrator has decided. Throws as {@link #apply}. */
  AppliedFacts repair(ChainRepair repair) {
    AppliedFacts answer = add(chain.repair(repair, seq));
    if (chain.hasGap()) {
      changed.replaceAll((id, stored) -> stored.afterGap());
    }
    return answer;
  }

  /** Keeps a fault that stops the reading of the chain. */
  AppliedFacts stop(ChainStop stop) {
    return add(chain.stop(stop));
  }

  private AppliedFacts add(ChainBatch.Addition addition) {
    seq += addition.events().size();
    events.addAll(addition.events());
    changed.putAll(addition.streams());
    return addition.answer();
  }

  /**
   * Removes old events. The newest event stays: its time is that of the log.
   *
   * @return the last position that is removed
   * @throws IllegalArgumentException if the newest event is among them, or the batch has a cut
   */
  LogPosition cut(Cut wanted) {
    if (!before.head().isAfter(wanted.through()) || cut.isPresent()) {
      throw new IllegalArgumentException("cannot be removed with this batch: " + wanted);
    }
    cut = Optional.of(wanted);
    return wanted.through();
  }

  /**
   * Makes the batch durable.
   *
   * @param purge whether to remove old answers too: a few at a time, but more than come in, so that
   *     their number does not grow
   */
  void commit(boolean purge) {
    Purge old = new Purge(expiredBefore(), 2 * newKeys.size() + 64);
    session.commit(
        new LedgerChanges(
            changed.values(),
            events,
            newKeys.values(),
            nextStreamId,
            chain.changes(),
            time.toStore(before.doubt()),
            cut,
            purge ? Optional.of(old) : Optional.empty()));
  }

  /** How many new answers to idempotency keys it holds. */
  int newKeys() {
    return newKeys.size();
  }

  /** What the batch added to the log, in order. */
  List<LoggedEvent> events() {
    return List.copyOf(events);
  }

  /** Answers given before this, in Unix seconds, are no longer kept. */
  private long expiredBefore() {
    return believed - KEY_LIFETIME_SECONDS;
  }
}
