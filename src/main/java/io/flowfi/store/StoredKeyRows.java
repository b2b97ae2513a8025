package io.flowfi.store;

import io.flowfi.ledger.LedgerChanges;
import io.flowfi.ledger.StoredKey;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The layout of first answers in the {@code idempotency_keys} table. */
final class StoredKeyRows {
  /**
   * The columns in the order of every statement; rows are read by name, as in {@link StreamRow}.
   */
  private enum Column {
    SCOPE,
    IDEMPOTENCY_KEY,
    DIGEST,
    ANSWER,
    CREATED_AT;

    final int place = ordinal() + 1;
  }

  private static final String COLUMNS = Columns.of(Column.values());

  private static final String UPSERT =
      "INSERT INTO idempotency_keys ("
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?)"
          + " ON CONFLICT (scope, idempotency_key) DO UPDATE SET digest = excluded.digest,"
          + " answer = excluded.answer, created_at = excluded.created_at";

  private static final String PURGE =
      "DELETE FROM idempotency_keys WHERE (scope, idempotency_key) IN (SELECT scope, idempotency_key"
          + " FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?)";

  private final PreparedStatements statements;

  StoredKeyRows(PreparedStatements statements) {
    this.statements = statements;
  }

  /** Reads those that are known. */
  Map<StoredKey.Id, StoredKey> read(Collection<StoredKey.Id> ids) throws SQLException {
    Map<StoredKey.Id, StoredKey> found = new HashMap<>();
    statements.forEach(
        ids,
        "SELECT " + COLUMNS + " FROM idempotency_keys WHERE (scope, idempotency_key) IN (VALUES ",
        "(?, ?)",
        (select, number, id) -> {
          select.setString(2 * number - 1, id.scope());
          select.setString(2 * number, id.key());
        },
        row -> {
          StoredKey.Id id =
              new StoredKey.Id(
                  row.getString(Column.SCOPE.place), row.getString(Column.IDEMPOTENCY_KEY.place));
          found.put(
              id,
              new StoredKey(
                  id,
                  row.getString(Column.DIGEST.place),
                  row.getString(Column.ANSWER.place),
                  row.getLong(Column.CREATED_AT.place)));
        });
    return found;
  }

  void write(Collection<StoredKey> keys) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    PreparedStatement upsert = statements.of(UPSERT);
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

  void purge(LedgerChanges.Purge purge) throws SQLException {
    PreparedStatement delete = statements.of(PURGE);
    delete.setLong(1, purge.createdBefore());
    delete.setInt(2, purge.most());
    delete.executeUpdate();
  }
}
