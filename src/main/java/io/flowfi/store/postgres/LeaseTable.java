package io.flowfi.store.postgres;

import io.flowfi.cluster.LeaseStore;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Optional;

/** Tasks as rows. Of nodes that take the same row one succeeds. */
final class LeaseTable implements LeaseStore {
  private static final String HOLD =
      "INSERT INTO leases (task, node_id, held_until)"
          + " VALUES (?, ?, clock_timestamp() + ? * INTERVAL '1 millisecond')"
          + " ON CONFLICT (task) DO UPDATE SET node_id = excluded.node_id,"
          + " held_until = excluded.held_until"
          + " WHERE leases.node_id = excluded.node_id OR leases.held_until < clock_timestamp()";

  private static final String HOLDER =
      "SELECT leases.node_id, nodes.name FROM leases LEFT JOIN nodes"
          + " ON nodes.node_id = leases.node_id WHERE task = ? AND held_until >= clock_timestamp()";

  private static final String GIVE_BACK = "DELETE FROM leases WHERE task = ? AND node_id = ?";

  private final SharedConnections connections;

  LeaseTable(SharedConnections connections) {
    this.connections = connections;
  }

  @Override
  public boolean hold(String task, String node, Duration lasts) {
    return connections.run(
        HOLD,
        upsert -> {
          upsert.setString(1, task);
          upsert.setString(2, node);
          upsert.setLong(3, lasts.toMillis());
          return upsert.executeUpdate() == 1;
        });
  }

  @Override
  public Optional<Holder> holder(String task) {
    return connections.run(
        HOLDER,
        select -> {
          select.setString(1, task);
          try (ResultSet row = select.executeQuery()) {
            return row.next()
                ? Optional.of(
                    new Holder(
                        row.getString("node_id"), Optional.ofNullable(row.getString("name"))))
                : Optional.empty();
          }
        });
  }

  @Override
  public void giveBack(String task, String node) {
    connections.run(
        GIVE_BACK,
        delete -> {
          delete.setString(1, task);
          delete.setString(2, node);
          return delete.executeUpdate();
        });
  }
}
