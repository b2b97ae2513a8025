package io.flowfi.store;

import io.flowfi.ledger.ChainChanges;
import io.flowfi.ledger.ChainCounts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.ledger.KnownFact;
import io.flowfi.ledger.PutAside;
import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the writer's connection reads and writes of the chain beside streams and events. */
final class ChainRows {
  static final String CURSOR =
      "SELECT ledger, transaction_index, operation_index, event_index, token, scanned, tip, since"
          + " FROM chain_cursor WHERE id = 1";

  static final String FAULT = "SELECT code, reason, notice FROM chain_fault WHERE id = 1";

  private static final String POSITION = "ledger, transaction_index, operation_index, event_index";

  static final String FACTS =
      "SELECT " + POSITION + ", transaction_hash, digest, name, raw, seq FROM chain_events";

  static final String QUARANTINED =
      "SELECT "
          + POSITION
          + ", rpc_id, reason, stream_id, seq FROM chain_quarantine ORDER BY "
          + POSITION;

  private final PreparedStatements statements;

  ChainRows(PreparedStatements statements) {
    this.statements = statements;
  }

  Optional<ChainCursor> cursor() throws SQLException {
    try (ResultSet row = statements.of(CURSOR).executeQuery()) {
      return row.next() ? Optional.of(cursor(row)) : Optional.empty();
    }
  }

  static ChainCursor cursor(ResultSet row) throws SQLException {
    return new ChainCursor(
        row.getLong("ledger") < 0 ? Optional.empty() : Optional.of(position(row)),
        Optional.ofNullable(row.getString("token")),
        row.getLong("scanned"),
        row.getLong("tip"),
        row.getLong("since"));
  }

  Optional<ChainFault> fault() throws SQLException {
    try (ResultSet row = statements.of(FAULT).executeQuery()) {
      return row.next() ? Optional.of(fault(row)) : Optional.empty();
    }
  }

  static ChainFault fault(ResultSet row) throws SQLException {
    return new ChainFault(row.getString("code"), row.getString("reason"), row.getString("notice"));
  }

  private static ChainPosition position(ResultSet row) throws SQLException {
    return new ChainPosition(
        row.getLong("ledger"),
        row.getInt("transaction_index"),
        row.getInt("operation_index"),
        row.getInt("event_index"));
  }

  List<KnownFact> facts(long fromLedger, long toLedger) throws SQLException {
    PreparedStatement select = statements.of(FACTS + " WHERE ledger >= ? AND ledger <= ?");
    select.setLong(1, fromLedger);
    select.setLong(2, toLedger);
    List<KnownFact> facts = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        facts.add(fact(row));
      }
    }
    return facts;
  }

  /** Reads a row of {@link #FACTS}. */
  static KnownFact fact(ResultSet row) throws SQLException {
    return new KnownFact(
        position(row),
        row.getString("transaction_hash"),
        row.getString("digest"),
        row.getString("name"),
        Optional.ofNullable(row.getString("raw")),
        new LogPosition(row.getLong("seq")));
  }

  /** Reads a row of {@link #QUARANTINED}. */
  static PutAside putAside(ResultSet row) throws SQLException {
    long stream = row.getLong("stream_id");
    boolean told = !row.wasNull();
    return new PutAside(
        position(row),
        row.getString("rpc_id"),
        row.getString("reason"),
        told ? Optional.of(new StreamId(stream)) : Optional.empty(),
        new LogPosition(row.getLong("seq")));
  }

  /** Before the streams of the same transaction. */
  void writeGap() throws SQLException {
    statements
        .of(
            "UPDATE streams SET verified = 0"
                + " WHERE verified IS NOT NULL AND status IN ('ACTIVE', 'PAUSED')")
        .executeUpdate();
  }

  void write(ChainChanges changes) throws SQLException {
    writeFacts(changes.facts());
    writeQuarantined(changes.quarantined());
    if (changes.cursor().isPresent()) {
      write(changes.cursor().get());
    }
    if (changes.faultEnds()) {
      statements.of("DELETE FROM chain_fault WHERE id = 1").executeUpdate();
    }
    if (changes.fault().isPresent()) {
      write(changes.fault().get());
    }
  }

  private void writeFacts(List<KnownFact> facts) throws SQLException {
    if (facts.isEmpty()) {
      return;
    }
    PreparedStatement insert =
        statements.of(
            "INSERT INTO chain_events ("
                + POSITION
                + ", transaction_hash, digest, name, raw, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    Map<String, Long> counts = new TreeMap<>();
    for (KnownFact fact : facts) {
      bind(insert, fact.position());
      insert.setString(5, fact.transactionHash());
      insert.setString(6, fact.digest());
      insert.setString(7, fact.name());
      insert.setString(8, fact.raw().orElse(null));
      insert.setLong(9, fact.logged().value());
      insert.addBatch();
      counts.merge(fact.name(), 1L, Long::sum);
    }
    insert.executeBatch();
    for (Map.Entry<String, Long> of : counts.entrySet()) {
      count(of.getKey(), of.getValue());
    }
  }

  /** Anyone can make the contract of tomorrow emit names; only so many have a row of their own. */
  private void count(String name, long events) throws SQLException {
    PreparedStatement known =
        statements.of("UPDATE chain_event_counts SET events = events + ? WHERE name = ?");
    known.setLong(1, events);
    known.setString(2, name);
    if (known.executeUpdate() > 0) {
      return;
    }
    PreparedStatement added =
        statements.of(
            "INSERT INTO chain_event_counts (name, events)"
                + " SELECT CASE WHEN COUNT(*) < ? THEN ? ELSE ? END, ? FROM chain_event_counts"
                + " WHERE name <> ?"
                + " ON CONFLICT (name)"
                + " DO UPDATE SET events = chain_event_counts.events + excluded.events");
    added.setInt(1, ChainCounts.MOST_NAMES);
    added.setString(2, name);
    added.setString(3, ChainCounts.OTHER_NAMES);
    added.setLong(4, events);
    added.setString(5, ChainCounts.OTHER_NAMES);
    added.executeUpdate();
  }

  /** The same event may be put aside again after a reset of the cursor. */
  private void writeQuarantined(List<PutAside> quarantined) throws SQLException {
    for (PutAside event : quarantined) {
      PreparedStatement upsert =
          statements.of(
              "INSERT INTO chain_quarantine ("
                  + POSITION
                  + ", rpc_id, reason, stream_id, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                  + " ON CONFLICT ("
                  + POSITION
                  + ") DO UPDATE SET rpc_id = excluded.rpc_id, reason = excluded.reason,"
                  + " stream_id = excluded.stream_id, seq = excluded.seq");
      bind(upsert, event.position());
      upsert.setString(5, event.id());
      upsert.setString(6, event.reason());
      if (event.stream().isPresent()) {
        upsert.setLong(7, event.stream().get().bits());
      } else {
        upsert.setNull(7, Types.BIGINT);
      }
      upsert.setLong(8, event.logged().value());
      upsert.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, ChainPosition position)
      throws SQLException {
    statement.setLong(1, position.ledger());
    statement.setInt(2, position.transaction());
    statement.setInt(3, position.operation());
    statement.setInt(4, position.event());
  }

  private void write(ChainFault fault) throws SQLException {
    PreparedStatement insert =
        statements.of("INSERT INTO chain_fault (id, code, reason, notice) VALUES (1, ?, ?, ?)");
    insert.setString(1, fault.code());
    insert.setString(2, fault.reason());
    insert.setString(3, fault.notice());
    insert.executeUpdate();
  }

  private void write(ChainCursor cursor) throws SQLException {
    PreparedStatement upsert =
        statements.of(
            "INSERT INTO chain_cursor (id, "
                + POSITION
                + ", token, scanned, tip, since) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (id) DO UPDATE SET ledger = excluded.ledger,"
                + " transaction_index = excluded.transaction_index,"
                + " operation_index = excluded.operation_index,"
                + " event_index = excluded.event_index, token = excluded.token,"
                + " scanned = excluded.scanned, tip = excluded.tip, since = excluded.since");
    if (cursor.last().isPresent()) {
      bind(upsert, cursor.last().get());
    } else {
      upsert.setLong(1, -1);
      upsert.setInt(2, -1);
      upsert.setInt(3, -1);
      upsert.setInt(4, -1);
    }
    upsert.setString(5, cursor.token().orElse(null));
    upsert.setLong(6, cursor.scanned());
    upsert.setLong(7, cursor.tip());
    upsert.setLong(8, cursor.since());
    upsert.executeUpdate();
  }
}
