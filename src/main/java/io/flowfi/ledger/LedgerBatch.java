package io.flowfi.ledger;

import io.flowfi.ledger.LedgerConnection.Head;
import io.flowfi.ledger.LedgerConnection.KeyId;
import io.flowfi.ledger.LedgerConnection.StoredKey;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.stream.CommandRejectedException;
import io.flowfi.stream.CommandRejectedException.Reason;
import io.flowfi.stream.Origin;
import io.flowfi.stream.PaymentStream;
import io.flowfi.stream.StreamCommand;
import io.flowfi.stream.StreamEvent;
import io.flowfi.stream.StreamId;
import io.flowfi.stream.StreamRules;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The commands of one transaction, decided one after the other in memory: each sees what those
 * before it did. The database is read before and written after, never in between, so a rejection
 * costs nothing and harms nobody. Used once, by the writer thread.
 */
final class LedgerBatch {
  private static final long KEY_LIFETIME_SECONDS = 24 * 60 * 60;

  private final LedgerConnection connection;
  private final long now;
  private final Map<StreamId, StreamRow> streams;
  private final Map<KeyId, StoredKey> keys;
  private final Map<StreamId, StreamRow> changed = new LinkedHashMap<>();
  private final Map<KeyId, StoredKey> newKeys = new LinkedHashMap<>();
  private final List<LoggedEvent> events = new ArrayList<>();
  private long seq;
  private long nextStreamId;
  private Set<StreamId> takenIds = Set.of();
  private long lookedAt = -1;

  /**
   * @param now Unix seconds
   */
  LedgerBatch(LedgerConnection connection, List<CommandRequest> requests, long now)
      throws SQLException {
    this.connection = connection;
    this.now = now;
    Head head = connection.lockHead();
    this.seq = head.seq();
    this.nextStreamId = head.nextStreamId();
    Set<StreamId> ids = new LinkedHashSet<>();
    Set<KeyId> keyIds = new LinkedHashSet<>();
    for (CommandRequest request : requests) {
      request.command().target().ifPresent(ids::add);
      request.idempotency().ifPresent(key -> keyIds.add(KeyId.of(key)));
    }
    this.streams = connection.streams(ids);
    this.keys = connection.storedKeys(keyIds);
  }

  /** Where the log ended before this batch. */
  long headBefore() {
    return seq - events.size();
  }

  /**
   * Decides a command.
   *
   * @throws CommandRejectedException if it may not be carried out
   */
  Receipt decide(CommandRequest request) throws SQLException {
    if (request.idempotency().isEmpty()) {
      return carryOut(request);
    }
    IdempotencyKey key = request.idempotency().get();
    KeyId id = KeyId.of(key);
    StoredKey stored = newKeys.getOrDefault(id, keys.get(id));
    if (stored != null && now - stored.createdAt() < KEY_LIFETIME_SECONDS) {
      if (!stored.digest().equals(key.requestDigest())) {
        throw new CommandRejectedException(
            Reason.IDEMPOTENCY_KEY_REUSED,
            "this Idempotency-Key was used with another request within 24 hours");
      }
      return StoredAnswer.replay(stored.answer());
    }
    try {
      Receipt receipt = carryOut(request);
      newKeys.put(id, new StoredKey(id, key.requestDigest(), StoredAnswer.write(receipt), now));
      return receipt;
    } catch (CommandRejectedException rejection) {
      newKeys.put(id, new StoredKey(id, key.requestDigest(), StoredAnswer.write(rejection), now));
      throw rejection;
    }
  }

  private Receipt carryOut(CommandRequest request) throws SQLException {
    if (request.command() instanceof StreamCommand.Create create) {
      if (request.expectedVersions().isPresent()) {
        throw new CommandRejectedException(
            Reason.VERSION_MISMATCH, "a stream that is yet to be created has no version to match");
      }
      return record(StreamRules.create(idFor(create), create, Origin.API, now));
    }
    StreamCommand.OnStream command = (StreamCommand.OnStream) request.command();
    StreamRow row = streams.get(command.streamId());
    if (row == null) {
      throw new CommandRejectedException(
          Reason.UNKNOWN_STREAM, "there is no stream " + command.streamId());
    }
    PaymentStream stream = row.stream();
    if (stream.origin() == Origin.CHAIN) {
      throw new CommandRejectedException(
          Reason.CONFLICT, "stream " + stream.id() + " lives on chain and only changes there");
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
    return record(StreamRules.apply(stream, command, now));
  }

  private StreamId idFor(StreamCommand.Create create) throws SQLException {
    Optional<StreamId> wanted = create.target();
    if (wanted.isEmpty()) {
      return nextFreeId();
    }
    if (streams.containsKey(wanted.get())) {
      throw new CommandRejectedException(
          Reason.ALREADY_EXISTS, "stream " + wanted.get() + " exists already");
    }
    return wanted.get();
  }

  /**
   * Counts up, past ids that clients have chosen themselves; each step moves the counter on for
   * good.
   */
  private StreamId nextFreeId() throws SQLException {
    while (true) {
      if (nextStreamId > lookedAt) {
        LedgerConnection.TakenIds taken = connection.takenFrom(nextStreamId);
        takenIds = taken.ids();
        lookedAt = taken.through();
      }
      StreamId candidate = new StreamId(nextStreamId++);
      if (!takenIds.contains(candidate) && !streams.containsKey(candidate)) {
        return candidate;
      }
    }
  }

  private Receipt record(List<StreamEvent> newEvents) {
    List<Receipt.Entry> entries = new ArrayList<>(newEvents.size());
    for (StreamEvent event : newEvents) {
      LoggedEvent logged = logged(event, ++seq);
      events.add(logged);
      entries.add(new Receipt.Entry(logged.position(), logged.type()));
    }
    PaymentStream after = newEvents.get(newEvents.size() - 1).after();
    StreamRow before = streams.get(after.id());
    long created = before == null ? seq : before.createdSeq();
    StreamRow row = new StreamRow(after, created, seq);
    streams.put(after.id(), row);
    changed.put(after.id(), row);
    return new Receipt(after, now, entries, false);
  }

  private static LoggedEvent logged(StreamEvent event, long position) {
    PaymentStream stream = event.after();
    return new LoggedEvent(
        new LogPosition(position),
        event.change().type(),
        Optional.of(stream.id()),
        Optional.of(stream.sender()),
        Optional.of(stream.recipient()),
        event.timestamp(),
        EventPayload.write(event));
  }

  /** Makes the batch durable. */
  void commit() throws SQLException {
    if (!events.isEmpty() || !newKeys.isEmpty()) {
      connection.write(changed.values(), events, newKeys.values(), new Head(seq, nextStreamId));
    }
    connection.commit();
  }

  /** How many answers it keeps for idempotency keys. */
  int newKeys() {
    return newKeys.size();
  }

  /** What the batch added to the log, in order. */
  List<LoggedEvent> events() {
    return List.copyOf(events);
  }

  static long expiredBefore(long now) {
    return now - KEY_LIFETIME_SECONDS;
  }
}
