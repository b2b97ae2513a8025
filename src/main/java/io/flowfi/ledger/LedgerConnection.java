package io.flowfi.ledger;

import com.zaxxer.hikari.HikariDataSource;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.StreamId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import javax.sql.DataSource;

/**
 * The writer's connection with its statements. Plain JDBC where everything else uses Jdbi: these
 * few statements run for every batch of commands, stay prepared, and are bound by position. Belongs
 * to the writer thread.
 */
final class LedgerConnection implements AutoCloseable {

  /** Few statement texts for any number of keys; the last key fills up what is left over. */
  private static final int[] KEYS_A_STATEMENT = {1, 8, 128};

  private static final int PROBES = 1000;

  private final DataSource source;
  private final Connection connection;
  private final WriteAheadLog wal;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private final KnownStreams known = new KnownStreams();

  /** Written, and not yet committed. */
  private Collection<StreamRow> changed = List.of();

  LedgerConnection(DataSource source) throws SQLException {
    this.source = source;
    connection = source.getConnection();
    try {
      wal = WriteAheadLog.of(connection);
      // takes SQLite's lock, which another may hold; from then on it is ours until the connection
      // is closed, since the driver begins anew with each commit
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      try (connection) {
        keepFromPool();
      } catch (SQLException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** The end of the log before a batch, or behind it. */
  record Head(long seq, long nextStreamId) {}

  /** Whose key it is, and the key. */
  record KeyId(String scope, String key) {
    static KeyId of(IdempotencyKey key) {
      return new KeyId(key.scope(), key.key());
    }
  }

  /**
   * @param createdAt Unix seconds
   */
  record StoredKey(KeyId id, String digest, String answer, long createdAt) {}

  /**
   * Begins: holds the one row every writer needs until the end of the transaction, on either
   * database.
   */
  Head lockHead() throws SQLException {
    // now: after the commit it could make a batch fail that is durable
    if (wal.keepShort(connection)) {
      known.clear();
    }
    PreparedStatement lock =
        prepare("UPDATE log_head SET seq = seq WHERE id = 1 RETURNING seq, next_stream_id");
    // the result set must be closed before the commit: SQLite would take it for an open statement
    try (ResultSet row = lock.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("log_head is empty");
      }
      return new Head(row.getLong(1), row.getLong(2));
    }
  }

  /** What the log says of its last event's time, in Unix seconds. */
  long timeOf(long seq) throws SQLException {
    PreparedStatement select = prepare("SELECT event_time FROM events WHERE seq = ?");
    select.setLong(1, seq);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /**
   * The streams with these ids; who does not exist is left out.
   *
   * @param unreadable hears of each that exists but cannot be read, and why
   */
  Map<StreamId, StreamRow> streams(
      Collection<StreamId> ids, BiConsumer<StreamId, RuntimeException> unreadable)
      throws SQLException {
    Map<StreamId, StreamRow> found = new HashMap<>();
    List<StreamId> unknown = new ArrayList<>();
    for (StreamId id : ids) {
      StreamRow row = known.get(id);
      if (row == null) {
        unknown.add(id);
      } else {
        found.put(id, row);
      }
    }
    Iterator<StreamId> rest = unknown.iterator();
    for (int left = unknown.size(), keys; left > 0; left -= keys) {
      keys = keysOfStatement(left);
      PreparedStatement select =
          prepare(
              "SELECT "
                  + StreamRow.COLUMNS
                  + " FROM streams WHERE stream_id IN ("
                  + marks("?", keys)
                  + ")");
      StreamId last = null;
      for (int i = 1; i <= keys; i++) {
        last = rest.hasNext() ? rest.next() : last;
        select.setLong(i, last.bits());
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          StreamId id = new StreamId(rows.getLong(1));
          try {
            StreamRow row = StreamRow.read(rows);
            known.put(row);
            found.put(id, row);
          } catch (RuntimeException e) {
            unreadable.accept(id, e);
          }
        }
      }
    }
    return found;
  }

  Map<KeyId, StoredKey> storedKeys(Collection<KeyId> ids) throws SQLException {
    Map<KeyId, StoredKey> found = new HashMap<>();
    Iterator<KeyId> rest = ids.iterator();
    for (int left = ids.size(), keys; left > 0; left -= keys) {
      keys = keysOfStatement(left);
      PreparedStatement select =
          prepare(
              "SELECT scope, idempotency_key, digest, answer, created_at FROM idempotency_keys"
                  + " WHERE (scope, idempotency_key) IN (VALUES "
                  + marks("(?, ?)", keys)
                  + ")");
      KeyId last = null;
      for (int i = 0; i < keys; i++) {
        last = rest.hasNext() ? rest.next() : last;
        select.setString(2 * i + 1, last.scope());
        select.setString(2 * i + 2, last.key());
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          KeyId id = new KeyId(rows.getString(1), rows.getString(2));
          found.put(id, new StoredKey(id, rows.getString(3), rows.getString(4), rows.getLong(5)));
        }
      }
    }
    return found;
  }

  /** How many keys the next statement takes: no fewer than are left, or the most there are. */
  private static int keysOfStatement(int left) {
    for (int keys : KEYS_A_STATEMENT) {
      if (left <= keys) {
        return keys;
      }
    }
    return KEYS_A_STATEMENT[KEYS_A_STATEMENT.length - 1];
  }

  private static String marks(String one, int times) {
    return (one + ", ").repeat(times - 1) + one;
  }

  /**
   * @param through every id up to here that is not among {@code ids} is free
   */
  record TakenIds(Set<StreamId> ids, long through) {}

  /** Which ids from {@code from} on clients have taken, as far as one bounded look reaches. */
  TakenIds takenFrom(long from) throws SQLException {
    PreparedStatement select =
        prepare(
            "SELECT stream_id FROM streams WHERE stream_id >= ? ORDER BY stream_id LIMIT "
                + PROBES);
    select.setLong(1, from);
    Set<StreamId> taken = new HashSet<>();
    long last = from;
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        last = rows.getLong(1);
        taken.add(new StreamId(last));
      }
    }
    return new TakenIds(taken, taken.size() < PROBES ? Long.MAX_VALUE : last);
  }

  void write(
      Collection<StreamRow> streams,
      List<LoggedEvent> events,
      Collection<StoredKey> keys,
      Head head)
      throws SQLException {
    changed = List.copyOf(streams);
    PreparedStatement upsert = prepare(StreamRow.UPSERT);
    for (StreamRow row : streams) {
      row.bind(upsert);
      upsert.addBatch();
    }
    upsert.executeBatch();
    PreparedStatement insert = prepare(EventRow.INSERT);
    for (LoggedEvent event : events) {
      EventRow.bind(insert, event);
      insert.addBatch();
    }
    insert.executeBatch();
    writeKeys(keys);
    PreparedStatement advance =
        prepare("UPDATE log_head SET seq = ?, next_stream_id = ? WHERE id = 1");
    advance.setLong(1, head.seq());
    advance.setLong(2, head.nextStreamId());
    advance.executeUpdate();
  }

  private void writeKeys(Collection<StoredKey> keys) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    PreparedStatement upsert =
        prepare(
            "INSERT INTO idempotency_keys (scope, idempotency_key, digest, answer, created_at) VALUES (?, ?, ?, ?, ?)"
                + " ON CONFLICT (scope, idempotency_key) DO UPDATE SET digest = excluded.digest,"
                + " answer = excluded.answer, created_at = excluded.created_at");
    for (StoredKey key : keys) {
      upsert.setString(1, key.id().scope());
      upsert.setString(2, key.id().key());
      upsert.setString(3, key.digest());
      upsert.setString(4, key.answer());
      upsert.setLong(5, key.createdAt());
      upsert.addBatch();
    }
    upsert.executeBatch();
  }

  /** Forgets at most {@code most} answers from before {@code createdBefore} (Unix seconds). */
  void purgeKeys(long createdBefore, int most) throws SQLException {
    PreparedStatement purge =
        prepare(
            "DELETE FROM idempotency_keys WHERE (scope, idempotency_key) IN (SELECT scope, idempotency_key"
                + " FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?)");
    purge.setLong(1, createdBefore);
    purge.setInt(2, most);
    purge.executeUpdate();
  }

  void commit() throws SQLException {
    connection.commit();
    changed.forEach(known::put);
    changed = List.of();
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  /**
   * Gives the connection up; what was not committed is rolled back. It never goes back to its pool:
   * a database that rolled back by itself, as SQLite does on a full disk, leaves the driver
   * believing in a transaction that is no more.
   */
  @Override
  public void close() throws SQLException {
    try (connection) {
      keepFromPool();
      for (PreparedStatement statement : prepared.values()) {
        statement.close();
      }
      connection.rollback();
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
