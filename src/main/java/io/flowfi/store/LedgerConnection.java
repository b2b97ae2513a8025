package io.flowfi.store;

import com.zaxxer.hikari.HikariDataSource;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.Cut;
import io.flowfi.ledger.KnownFact;
import io.flowfi.ledger.LedgerChanges;
import io.flowfi.ledger.LedgerSession;
import io.flowfi.ledger.LedgerState;
import io.flowfi.ledger.LostCommitException;
import io.flowfi.ledger.StoreException;
import io.flowfi.ledger.StoredKey;
import io.flowfi.ledger.StoredStream;
import io.flowfi.ledger.TakenIds;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.StreamId;
import io.flowfi.time.ClockDoubt;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The writer's connection with its statements. Plain JDBC where everything else uses Jdbi: these
 * few statements run for every batch of commands, stay prepared, and are bound by position. Belongs
 * to the writer thread.
 */
final class LedgerConnection implements LedgerSession {
  private static final int PROBES = 1000;

  private final DataSource source;
  private final Dialect dialect;
  private final Connection connection;
  private final BetweenTransactions care;
  private final PreparedStatements statements;
  private final StoredKeyRows keyRows;
  private final StreamRows streamRows;
  private final ChainRows chainRows;
  private final KnownStreams known = new KnownStreams();

  private final String lockHead;

  /** Where the log ended when the open transaction began, or after its commit. */
  private LogPosition head = LogPosition.BEGINNING;

  /** What was stored of a clock that is ahead when the open transaction began. */
  private ClockDoubt doubt = ClockDoubt.NONE;

  /** The name of the open transaction; null if it has none. */
  private String transaction;

  LedgerConnection(DataSource source, Dialect dialect) {
    this.source = source;
    this.dialect = dialect;
    try {
      connection = source.getConnection();
    } catch (SQLException e) {
      throw new StoreException(
          DatabaseErrors.isLostConnection(e, dialect)
              ? StoreException.Kind.OUTAGE // nothing is there to try again with
              : DatabaseErrors.kind(e, dialect),
          "the store gives the writer no connection",
          e);
    }
    lockHead =
        "UPDATE log_head SET seq = seq WHERE id = 1 RETURNING seq, next_stream_id, believed_time,"
            + " doubted_seconds, "
            + dialect.transactionName();
    statements = new PreparedStatements(connection);
    keyRows = new StoredKeyRows(statements);
    streamRows = new StreamRows(statements);
    chainRows = new ChainRows(statements);
    try {
      care = dialect.careOf(connection);
      // on SQLite this takes the write lock, which another may hold; we then keep it until the
      // connection is closed, because the driver begins a new transaction with each commit
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      try (connection) {
        keepFromPool();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw failure("the writer's connection cannot begin", e);
    }
  }

  /** Before the commit: what a lost connection began is rolled back. */
  private StoreException failure(String message, SQLException e) {
    return DatabaseErrors.isLostConnection(e, dialect)
        ? new StoreException(StoreException.Kind.RETRY, message, e)
        : DatabaseErrors.of(message, e, dialect);
  }

  @Override
  public LedgerState begin(Set<StreamId> ids, Set<StoredKey.Id> keyIds) {
    try {
      // now, because after the commit an error here would fail a batch that is durable
      boolean others = care.mayHaveLetOthersWrite(connection);
      LogPosition left = head;
      long nextStreamId = lockHead();
      if (others || !head.equals(left)) {
        // streams change with the log only, and another node has written to it
        known.clear();
      }
      Map<StreamId, RuntimeException> unreadable = new HashMap<>();
      return new LedgerState(
          head,
          timeOf(head),
          doubt,
          nextStreamId,
          streams(ids, unreadable),
          unreadable,
          keyRows.read(keyIds));
    } catch (SQLException e) {
      throw failure("a transaction cannot begin", e);
    }
  }

  /**
   * Locks the one row that every writer needs, until the end of the transaction, on any database.
   *
   * @return the next id to assign
   */
  private long lockHead() throws SQLException {
    PreparedStatement lock = statements.of(lockHead);
    // the result set must be closed before the commit: SQLite would take it for an open statement
    try (ResultSet row = lock.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("log_head is empty");
      }
      head = new LogPosition(row.getLong(1));
      doubt = new ClockDoubt(row.getLong(3), row.getLong(4));
      transaction = row.getString(5);
      return row.getLong(2);
    }
  }

  private long timeOf(LogPosition position) throws SQLException {
    PreparedStatement select = statements.of("SELECT event_time FROM events WHERE seq = ?");
    select.setLong(1, position.value());
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** The streams with these ids; unknown ids are left out. */
  private Map<StreamId, StoredStream> streams(
      Collection<StreamId> ids, Map<StreamId, RuntimeException> unreadable) throws SQLException {
    Map<StreamId, StoredStream> found = new HashMap<>();
    List<StreamId> unknown = new ArrayList<>();
    for (StreamId id : ids) {
      StoredStream stream = known.get(id);
      if (stream == null) {
        unknown.add(id);
      } else {
        found.put(id, stream);
      }
    }
    statements.forEach(
        unknown,
        "SELECT " + StreamRow.COLUMNS + " FROM streams WHERE stream_id IN (",
        "?",
        (select, place, id) -> select.setLong(place, id.bits()),
        row -> {
          StreamId id = new StreamId(row.getLong(1));
          try {
            StoredStream stream = StreamRow.read(row);
            known.put(stream);
            found.put(id, stream);
          } catch (RuntimeException e) {
            unreadable.put(id, e);
          }
        });
    return found;
  }

  @Override
  public TakenIds takenFrom(long from) {
    Set<StreamId> taken = new HashSet<>();
    long last = from;
    try {
      PreparedStatement select =
          statements.of(
              "SELECT stream_id FROM streams WHERE stream_id >= ? ORDER BY stream_id LIMIT "
                  + PROBES);
      select.setLong(1, from);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          last = rows.getLong(1);
          taken.add(new StreamId(last));
        }
      }
    } catch (SQLException e) {
      throw failure("the ids of streams cannot be read", e);
    }
    return new TakenIds(taken, taken.size() < PROBES ? Long.MAX_VALUE : last);
  }

  @Override
  public Optional<ChainCursor> chainCursor() {
    try {
      return chainRows.cursor();
    } catch (SQLException e) {
      throw failure("the cursor of the chain cannot be read", e);
    }
  }

  @Override
  public Optional<ChainFault> chainFault() {
    try {
      return chainRows.fault();
    } catch (SQLException e) {
      throw failure("the fault of the chain cannot be read", e);
    }
  }

  @Override
  public List<KnownFact> knownFacts(long fromLedger, long toLedger) {
    try {
      return chainRows.facts(fromLedger, toLedger);
    } catch (SQLException e) {
      throw failure("the events of the chain cannot be read", e);
    }
  }

  @Override
  public void commit(LedgerChanges changes) {
    try {
      if (changes.purge().isPresent()) {
        keyRows.purge(changes.purge().get());
      }
      if (!changes.isEmpty()) {
        write(changes);
      }
    } catch (SQLException e) {
      throw failure("a transaction cannot be written", e);
    }
    try {
      connection.commit();
    } catch (SQLException e) {
      if (transaction != null && DatabaseErrors.isLostConnection(e, dialect)) {
        throw new LostCommitException(transaction, changes.events(), e);
      }
      throw DatabaseErrors.of("a transaction cannot be committed", e, dialect);
    }
    head = changes.headAfter(head);
    if (changes.chain().gap()) {
      known.clear(); // others than those of this transaction have changed
    }
    changes.streams().forEach(known::put);
  }

  /**
   * By the database's own memory of the transaction, and by what the log holds: after a fail-over,
   * the name may be another transaction's.
   */
  @Override
  public boolean holds(LostCommitException lost) {
    try {
      lockHead(); // that transaction held the same lock, so it has ended
      boolean kept =
          dialect.mayBeCommitted(connection, lost.transaction())
              && (lost.events().isEmpty() || wasInLog(lost.events().get(lost.events().size() - 1)));
      connection.rollback();
      return kept;
    } catch (SQLException e) {
      throw failure("the store cannot say whether a commit was kept", e);
    }
  }

  /** An event that retention has removed meanwhile was there. */
  private boolean wasInLog(LoggedEvent event) throws SQLException {
    PreparedStatement oldest = statements.of("SELECT oldest FROM log_head WHERE id = 1");
    try (ResultSet row = oldest.executeQuery()) {
      if (row.next() && row.getLong(1) > event.position().value()) {
        return true;
      }
    }
    PreparedStatement select =
        statements.of("SELECT " + EventRow.COLUMNS + " FROM events WHERE seq = ?");
    select.setLong(1, event.position().value());
    try (ResultSet row = select.executeQuery()) {
      return row.next() && EventRow.read(row).equals(event);
    }
  }

  // From the oldest on: PostgreSQL would look at the places of removed rows first.
  private void write(Cut cut) throws SQLException {
    PreparedStatement delete =
        statements.of(
            "DELETE FROM events WHERE seq >= (SELECT oldest FROM log_head WHERE id = 1)"
                + " AND seq <= ?");
    delete.setLong(1, cut.through().value());
    delete.executeUpdate();
    long oldest = cut.through().next().value();
    PreparedStatement shorten =
        statements.of("UPDATE log_head SET oldest = ? WHERE id = 1 AND oldest < ?");
    shorten.setLong(1, oldest);
    shorten.setLong(2, oldest);
    shorten.executeUpdate();
  }

  private void write(LedgerChanges changes) throws SQLException {
    if (changes.chain().gap()) {
      chainRows.writeGap();
    }
    streamRows.write(changes.streams(), changes.chain().replaced());
    PreparedStatement insert = statements.of(EventRow.INSERT);
    for (LoggedEvent event : changes.events()) {
      EventRow.bind(insert, event);
      insert.addBatch();
    }
    insert.executeBatch();
    keyRows.write(changes.keys());
    chainRows.write(changes.chain());
    if (changes.cut().isPresent()) {
      write(changes.cut().get());
    }
    if (changes.doubt().isPresent()) {
      PreparedStatement doubted =
          statements.of("UPDATE log_head SET believed_time = ?, doubted_seconds = ? WHERE id = 1");
      doubted.setLong(1, changes.doubt().get().believed());
      doubted.setLong(2, changes.doubt().get().lasted());
      doubted.executeUpdate();
    }
    PreparedStatement advance =
        statements.of("UPDATE log_head SET seq = ?, next_stream_id = ? WHERE id = 1");
    advance.setLong(1, changes.headAfter(head).value());
    advance.setLong(2, changes.nextStreamId());
    advance.executeUpdate();
  }

  /**
   * Closes the connection and rolls back what was not committed. The connection never returns to
   * its pool: after a database has rolled back by itself, as SQLite does on a full disk, the driver
   * still believes that a transaction is open.
   */
  @Override
  public void close() {
    try (connection) {
      keepFromPool();
      statements.close();
      connection.rollback();
    } catch (SQLException e) {
      throw failure("the writer's connection cannot be closed", e);
    }
  }

  // Only marks it, for the pool to drop when it is closed. evictConnection would close it at once
  // on another thread, under the calls that follow.
  private void keepFromPool() throws SQLException {
    if (source.isWrapperFor(HikariDataSource.class)) {
      source.unwrap(HikariDataSource.class).getHikariPoolMXBean().softEvictConnections();
    }
  }
}
