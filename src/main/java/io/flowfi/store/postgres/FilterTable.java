package io.flowfi.store.postgres;

import io.flowfi.cluster.FilterStore;
import io.flowfi.log.FilterText;
import io.flowfi.payment.Address;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Optional;

/** Saved filters as rows. */
final class FilterTable implements FilterStore {
  private static final String KEEP =
      "INSERT INTO saved_filters (owner, filter_id, written, size, used_at)"
          + " SELECT ?, ?, ?, ?, clock_timestamp() WHERE EXISTS (SELECT 1 FROM saved_filters"
          + " WHERE owner = ? AND filter_id = ?)"
          + " OR (SELECT count(*) FROM saved_filters WHERE owner = ?) < ?"
          + " ON CONFLICT (owner, filter_id) DO UPDATE SET used_at = excluded.used_at";

  /** A use that need not be noted writes nothing. */
  private static final String FIND =
      "WITH used AS (UPDATE saved_filters SET used_at = clock_timestamp() WHERE owner = ?"
          + " AND filter_id = ? AND used_at < clock_timestamp() - ? * INTERVAL '1 millisecond'"
          + " AND used_at > clock_timestamp() - ? * INTERVAL '1 millisecond')"
          + " SELECT written FROM saved_filters WHERE owner = ? AND filter_id = ?"
          + " AND used_at > clock_timestamp() - ? * INTERVAL '1 millisecond'";

  /** Rows that another node is about to delete are left to it. */
  private static final String SWEEP =
      "WITH old AS (DELETE FROM saved_filters WHERE (owner, filter_id) IN (SELECT owner, filter_id"
          + " FROM saved_filters WHERE used_at < clock_timestamp() - ? * INTERVAL '1 millisecond'"
          + " ORDER BY used_at LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING size)"
          + " SELECT (SELECT count(*) FROM old), (SELECT COALESCE(sum(size), 0) FROM saved_filters)"
          + " - (SELECT COALESCE(sum(size), 0) FROM old)";

  private final SharedConnections connections;

  FilterTable(SharedConnections connections) {
    this.connections = connections;
  }

  private static String text(Optional<Address> owner) {
    return owner.map(Address::strKey).orElse("");
  }

  @Override
  public boolean keep(Optional<Address> owner, FilterText filter, int size, int mostOfOwner) {
    String account = text(owner);
    String id = filter.id();
    return connections.run(
        KEEP,
        insert -> {
          insert.setString(1, account);
          insert.setString(2, id);
          insert.setString(3, filter.text());
          insert.setInt(4, size);
          insert.setString(5, account);
          insert.setString(6, id);
          insert.setString(7, account);
          insert.setInt(8, mostOfOwner);
          return insert.executeUpdate() == 1;
        });
  }

  @Override
  public Optional<FilterText> find(
      Optional<Address> owner, String id, Duration kept, Duration renewed) {
    String account = text(owner);
    return connections.run(
        FIND,
        query -> {
          query.setString(1, account);
          query.setString(2, id);
          query.setLong(3, renewed.toMillis());
          query.setLong(4, kept.toMillis());
          query.setString(5, account);
          query.setString(6, id);
          query.setLong(7, kept.toMillis());
          try (ResultSet row = query.executeQuery()) {
            return row.next() ? Optional.of(new FilterText(row.getString(1))) : Optional.empty();
          }
        });
  }

  @Override
  public Swept sweep(Duration kept, int most) {
    return connections.run(
        SWEEP,
        delete -> {
          delete.setLong(1, kept.toMillis());
          delete.setInt(2, most);
          try (ResultSet row = delete.executeQuery()) {
            row.next();
            return new Swept(row.getLong(2), row.getLong(1) == most);
          }
        });
  }
}
