package io.flowfi.store.postgres;

import io.flowfi.cluster.NodeStore;
import io.flowfi.log.LogPosition;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The list of nodes as rows. */
final class NodeTable implements NodeStore {
  private static final String REPORT =
      "WITH dead AS (DELETE FROM nodes WHERE node_id IN (SELECT node_id FROM nodes WHERE"
          + " reported_at < clock_timestamp() - INTERVAL '1 hour' LIMIT 100"
          + " FOR UPDATE SKIP LOCKED)),"
          + " mine AS (INSERT INTO nodes (node_id, name, url, version, connections, max_connections,"
          + " head, lag, slots, started_at, reported_at) VALUES (?, ?, ?, ?, ?, ?, ?, GREATEST(0,"
          + " (SELECT seq FROM log_head WHERE id = 1) - ?), ?, clock_timestamp(), clock_timestamp())"
          + " ON CONFLICT (node_id) DO UPDATE SET connections = excluded.connections,"
          + " max_connections = excluded.max_connections, head = excluded.head,"
          + " lag = excluded.lag, slots = excluded.slots, reported_at = excluded.reported_at"
          + " RETURNING node_id, started_at)"
          + " SELECT clock_timestamp() AS told_at, node_id, slots FROM"
          + " (SELECT node_id, started_at, NULL AS slots FROM mine UNION ALL"
          + " SELECT node_id, started_at, slots FROM nodes"
          + " WHERE node_id <> (SELECT node_id FROM mine)"
          + " AND reported_at > clock_timestamp() - ? * INTERVAL '1 millisecond') AS living"
          + " ORDER BY started_at, node_id";

  private static final String LEAVE = "DELETE FROM nodes WHERE node_id = ?";

  private static final String LIVE =
      "SELECT node_id, name, url, version, connections, max_connections, head, lag,"
          + " CAST(EXTRACT(EPOCH FROM clock_timestamp() - started_at) * 1000000 AS BIGINT) AS age,"
          + " CAST(EXTRACT(EPOCH FROM clock_timestamp() - reported_at) * 1000000 AS BIGINT) AS silence"
          + " FROM nodes WHERE reported_at > clock_timestamp() - ? * INTERVAL '1 millisecond'"
          + " ORDER BY started_at, node_id LIMIT 1000";

  private static final String IS_KNOWN =
      "SELECT node_id FROM nodes WHERE node_id = ANY (?)"
          + " AND reported_at > clock_timestamp() - ? * INTERVAL '1 millisecond'";

  private final SharedConnections connections;

  NodeTable(SharedConnections connections) {
    this.connections = connections;
  }

  @Override
  public Pulse report(Report report, Map<String, Integer> slots) {
    return connections.run(
        REPORT,
        upsert -> {
          upsert.setString(1, report.id());
          upsert.setString(2, report.name().orElse(null));
          upsert.setString(3, report.url().map(URI::toString).orElse(null));
          upsert.setString(4, report.version());
          upsert.setInt(5, report.connections());
          upsert.setInt(6, report.maxConnections());
          upsert.setLong(7, report.head().value());
          upsert.setLong(8, report.head().value());
          upsert.setString(9, SlotLines.written(slots));
          upsert.setLong(10, SILENCE.toMillis());
          Instant now = null;
          List<Member> living = new ArrayList<>();
          try (ResultSet row = upsert.executeQuery()) {
            while (row.next()) { // its own row at least
              now = row.getObject("told_at", OffsetDateTime.class).toInstant();
              living.add(
                  new Member(row.getString("node_id"), SlotLines.read(row.getString("slots"))));
            }
          }
          return new Pulse(now, living);
        });
  }

  @Override
  public void leave(String id) {
    connections.run(
        LEAVE,
        delete -> {
          delete.setString(1, id);
          return delete.executeUpdate();
        });
  }

  @Override
  public List<LiveNode> live() {
    return connections.run(
        LIVE,
        select -> {
          select.setLong(1, SILENCE.toMillis());
          List<LiveNode> nodes = new ArrayList<>();
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              nodes.add(node(row));
            }
          }
          return nodes;
        });
  }

  @Override
  public Set<String> known(Set<String> ids) {
    return connections.run(
        IS_KNOWN,
        select -> {
          select.setArray(1, select.getConnection().createArrayOf("text", ids.toArray()));
          select.setLong(2, KNOWN.toMillis());
          Set<String> known = new HashSet<>();
          try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
              known.add(row.getString("node_id"));
            }
          }
          return known;
        });
  }

  private static LiveNode node(ResultSet row) throws SQLException {
    return new LiveNode(
        new Report(
            row.getString("node_id"),
            Optional.ofNullable(row.getString("name")),
            Optional.ofNullable(row.getString("url")).map(URI::create),
            row.getString("version"),
            row.getInt("connections"),
            row.getInt("max_connections"),
            new LogPosition(row.getLong("head"))),
        row.getLong("lag"),
        Duration.of(row.getLong("age"), ChronoUnit.MICROS),
        Duration.of(row.getLong("silence"), ChronoUnit.MICROS));
  }
}
