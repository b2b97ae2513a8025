package io.flowfi.store.postgres;

import io.flowfi.cluster.FilterStore;
import io.flowfi.log.FilterText;
import io.flowfi.log.SavedFilters;
import io.flowfi.log.SavedFilters.Refusal;
import io.flowfi.payment.Address;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

/** Saved filters as rows. */
final class FilterTable implements FilterStore {
  private static final String KEEP =
      "WITH before AS (SELECT COALESCE(bool_or(owner = ? AND filter_id = ?), FALSE) AS there,"
          + " count(*) FILTER (WHERE owner = ?) >= ? AS owner_full,"
          + " COALESCE(sum(size), 0) + ? > ? AS all_full FROM saved_filters),"
          + " kept AS (INSERT INTO saved_filters (owner, filter_id, written, size, used_at)"
          + " SELECT ?, ?, ?, ?, GREATEST(clock_timestamp(), ?) FROM before"
          + " WHERE there OR NOT (owner_full OR all_full)"
          + " ON CONFLICT (owner, filter_id) DO UPDATE SET used_at = excluded.used_at)"
          + " SELECT there OR NOT (owner_full OR all_full) AS is_kept, owner_full FROM before";

  /** A use that need not be noted writes nothing. */
  private static final String FIND =
      "WITH clocks AS (SELECT LEAST(clock_timestamp(), told) - ? * INTERVAL '1 millisecond'"
          + " AS oldest, GREATEST(clock_timestamp(), told) AS latest"
          + " FROM (SELECT CAST(? AS TIMESTAMPTZ) AS told) AS node),"
          + " used AS (UPDATE saved_filters SET used_at = latest FROM clocks WHERE owner = ?"
          + " AND filter_id = ? AND used_at < latest - ? * INTERVAL '1 millisecond'"
          + " AND used_at > oldest)"
          + " SELECT written FROM saved_filters, clocks WHERE owner = ? AND filter_id = ?"
          + " AND used_at > oldest";

  /** Rows that another node is about to delete are left to it. */
  private static final String SWEEP =
      "DELETE FROM saved_filters WHERE (owner, filter_id) IN (SELECT owner, filter_id"
          + " FROM saved_filters WHERE used_at < LEAST(clock_timestamp(), ?)"
          + " - ? * INTERVAL '1 millisecond'"
          + " ORDER BY used_at LIMIT ? FOR UPDATE SKIP LOCKED)";

  private final SharedConnections connections;

  FilterTable(SharedConnections connections) {
    this.connections = connections;
  }

  private static String text(Optional<Address> owner) {
    return owner.map(Address::strKey).orElse("");
  }

  @Override
  public Optional<Refusal> keep(
      Optional<Address> owner, FilterText filter, int size, Instant believed) {
    String account = text(owner);
    String id = filter.id();
    return connections.runLocked(
        "saved filters",
        KEEP,
        insert -> {
          insert.setString(1, account);
          insert.setString(2, id);
          insert.setString(3, account);
          insert.setInt(4, SavedFilters.MAX_PER_OWNER);
          insert.setInt(5, size);
          insert.setInt(6, SavedFilters.MAX_VALUES);
          insert.setString(7, account);
          insert.setString(8, id);
          insert.setString(9, filter.text());
          insert.setInt(10, size);
          insert.setObject(11, believed.atOffset(ZoneOffset.UTC));
          try (ResultSet row = insert.executeQuery()) {
            row.next();
            return row.getBoolean("is_kept")
                ? Optional.empty()
                : Optional.of(row.getBoolean("owner_full") ? Refusal.OWNERS_SHARE : Refusal.FULL);
          }
        });
  }

  @Override
  public Optional<FilterText> find(
      Optional<Address> owner, String id, Duration kept, Duration renewed, Instant believed) {
    String account = text(owner);
    return connections.run(
        FIND,
        query -> {
          query.setLong(1, kept.toMillis());
          query.setObject(2, believed.atOffset(ZoneOffset.UTC));
          query.setString(3, account);
          query.setString(4, id);
          query.setLong(5, renewed.toMillis());
          query.setString(6, account);
          query.setString(7, id);
          try (ResultSet row = query.executeQuery()) {
            return row.next()
                ? Optional.of(new FilterText(row.getString("written")))
                : Optional.empty();
          }
        });
  }

  @Override
  public boolean sweep(Duration kept, Instant believed, int most) {
    return connections.run(
        SWEEP,
        delete -> {
          delete.setObject(1, believed.atOffset(ZoneOffset.UTC));
          delete.setLong(2, kept.toMillis());
          delete.setInt(3, most);
          return delete.executeUpdate() == most;
        });
  }
}
