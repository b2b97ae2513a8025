package io.flowfi.store.postgres;

import io.flowfi.auth.Caller;
import io.flowfi.auth.Fingerprint;
import io.flowfi.cluster.OneTimeStore;
import io.flowfi.payment.Address;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tickets and spent challenges as rows. Of nodes that delete or insert the same row one succeeds:
 * that is what makes a ticket or challenge good for once.
 */
final class OneTimeTables implements OneTimeStore {
  private static final String KEEP =
      "INSERT INTO tickets (fingerprint, account, roles, caller_expires_micros, expires_at)"
          + " SELECT ?, ?, ?, ?, clock_timestamp() + ? * INTERVAL '1 millisecond'"
          + " WHERE (SELECT count(*) FROM tickets WHERE account = ?"
          + " AND expires_at > clock_timestamp()) < ?";

  /**
   * Those who keep tickets at the same moment do not see each other's. So each looks again when its
   * own is there: the last of them sees all, and the ticket of one that sees too many was never
   * given out.
   */
  private static final String GIVE_UP =
      "DELETE FROM tickets WHERE fingerprint = ?"
          + " AND (SELECT count(*) FROM tickets WHERE account = ?"
          + " AND expires_at > clock_timestamp()) > ?";

  /** By so much a clock may be corrected that counts as one that nobody has set back. */
  private static final long SLACK_MILLIS = 1_000;

  private static final String TAKE =
      "DELETE FROM tickets WHERE fingerprint = ?"
          + " RETURNING account, roles, caller_expires_micros, expires_at > clock_timestamp()"
          + " AND expires_at <= clock_timestamp() + ? * INTERVAL '1 millisecond' AS is_valid";

  /** By the later of two clocks: one that was behind and is put right must not make it old. */
  private static final String SPEND =
      "INSERT INTO spent_challenges (challenge, spent_at)"
          + " VALUES (?, GREATEST(clock_timestamp(), ?)) ON CONFLICT (challenge) DO NOTHING";

  /**
   * Rows that another node is about to delete are left to it. A ticket that has more left than it
   * ever had was issued before the clock was set back.
   */
  private static final String SWEEP =
      "WITH old_tickets AS (DELETE FROM tickets WHERE fingerprint IN (SELECT fingerprint FROM"
          + " tickets WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT ?"
          + " FOR UPDATE SKIP LOCKED) RETURNING 1),"
          + " set_back AS (DELETE FROM tickets WHERE fingerprint IN (SELECT fingerprint FROM"
          + " tickets WHERE expires_at > clock_timestamp() + ? * INTERVAL '1 millisecond'"
          + " ORDER BY expires_at LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING 1),"
          + " old_challenges AS (DELETE FROM spent_challenges WHERE challenge IN (SELECT challenge"
          + " FROM spent_challenges WHERE spent_at < LEAST(clock_timestamp(), ?)"
          + " - ? * INTERVAL '1 millisecond' ORDER BY spent_at LIMIT ? FOR UPDATE SKIP LOCKED) RETURNING 1)"
          + " SELECT (SELECT count(*) FROM old_tickets) AS old_tickets,"
          + " (SELECT count(*) FROM set_back) AS set_back,"
          + " (SELECT count(*) FROM old_challenges) AS old_challenges,"
          + " (SELECT count(*) FROM tickets) AS tickets,"
          + " (SELECT count(*) FROM spent_challenges) AS challenges, clock_timestamp() AS told_at";

  private final SharedConnections connections;

  OneTimeTables(SharedConnections connections) {
    this.connections = connections;
  }

  @Override
  public boolean keepTicket(
      Fingerprint ticket, Caller caller, Duration lifetime, int mostOfAccount) {
    String account = caller.account().orElseThrow().strKey();
    return insert(ticket, account, caller, lifetime, mostOfAccount)
        && !givenUp(ticket, account, mostOfAccount);
  }

  private boolean insert(
      Fingerprint ticket, String account, Caller caller, Duration lifetime, int mostOfAccount) {
    String roles = caller.roles().stream().map(Enum::name).collect(Collectors.joining(" "));
    return connections.run(
        KEEP,
        insert -> {
          insert.setString(1, ticket.hex());
          insert.setString(2, account);
          insert.setString(3, roles);
          if (caller.expires().isPresent()) {
            insert.setLong(4, ChronoUnit.MICROS.between(Instant.EPOCH, caller.expires().get()));
          } else {
            insert.setNull(4, Types.BIGINT);
          }
          insert.setLong(5, lifetime.toMillis());
          insert.setString(6, account);
          insert.setInt(7, mostOfAccount);
          return insert.executeUpdate() == 1;
        });
  }

  private boolean givenUp(Fingerprint ticket, String account, int mostOfAccount) {
    return connections.run(
        GIVE_UP,
        delete -> {
          delete.setString(1, ticket.hex());
          delete.setString(2, account);
          delete.setInt(3, mostOfAccount);
          return delete.executeUpdate() == 1;
        });
  }

  @Override
  public Optional<Caller> takeTicket(Fingerprint ticket, Duration lifetime) {
    return connections.run(
        TAKE,
        delete -> {
          delete.setString(1, ticket.hex());
          delete.setLong(2, lifetime.toMillis() + SLACK_MILLIS);
          try (ResultSet row = delete.executeQuery()) {
            return row.next() && row.getBoolean("is_valid")
                ? Optional.of(caller(row))
                : Optional.empty();
          }
        });
  }

  private static Caller caller(ResultSet row) throws SQLException {
    String roles = row.getString("roles");
    Optional<Long> expires =
        Optional.ofNullable(row.getObject("caller_expires_micros", Long.class));
    return new Caller(
        Optional.of(new Address(row.getString("account"))),
        Arrays.stream(roles.split(" "))
            .filter(role -> !role.isEmpty())
            .map(Caller.Role::valueOf)
            .collect(Collectors.toSet()),
        expires.map(micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS)));
  }

  @Override
  public boolean spend(String challenge, Instant believed) {
    return connections.run(
        SPEND,
        insert -> {
          insert.setString(1, challenge);
          insert.setObject(2, believed.atOffset(ZoneOffset.UTC));
          return insert.executeUpdate() == 1;
        });
  }

  @Override
  public Swept sweep(Duration ticketsLast, Duration challengesKept, Instant believed, int most) {
    return connections.run(
        SWEEP,
        delete -> {
          delete.setInt(1, most);
          delete.setLong(2, ticketsLast.toMillis() + SLACK_MILLIS);
          delete.setInt(3, most);
          delete.setObject(4, believed.atOffset(ZoneOffset.UTC));
          delete.setLong(5, challengesKept.toMillis());
          delete.setInt(6, most);
          return swept(delete, most);
        });
  }

  /** The statement counts what it saw at its beginning. */
  private static Swept swept(PreparedStatement delete, int most) throws SQLException {
    try (ResultSet row = delete.executeQuery()) {
      row.next();
      long tickets = row.getLong("old_tickets");
      long setBack = row.getLong("set_back");
      long challenges = row.getLong("old_challenges");
      return new Swept(
          row.getObject("told_at", OffsetDateTime.class).toInstant(),
          row.getLong("tickets") - tickets - setBack,
          row.getLong("challenges") - challenges,
          tickets == most || setBack == most || challenges == most);
    }
  }
}
