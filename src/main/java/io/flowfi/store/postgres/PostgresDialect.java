package io.flowfi.store.postgres;

import io.flowfi.ledger.StoreException.Kind;
import io.flowfi.store.BetweenTransactions;
import io.flowfi.store.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is special about PostgreSQL. Error codes are those of its manual, appendix A. */
final class PostgresDialect implements Dialect {
  private static final int MOST_BRANCHES = 480;
  private static final int JOINS_FROM = 64;

  /** A lock that did not come in time; a server that has become a standby and cannot write. */
  private static final String IN_THE_WAY = "55P03|25006";

  /** The connection itself; a server that ends or starts; sessions that are ended for idling. */
  private static final String LOST = "08...|57P0[1235]|25P0[34]";

  /** A name that no transaction has had yet. */
  private static final String IN_THE_FUTURE = "22023";

  @Override
  public Map<String, String> placeholders() {
    return Map.of("text", "TEXT COLLATE \"C\"", "key", "BIGINT", "clustered", "");
  }

  @Override
  public List<String> migrations() {
    return List.of(COMMON_MIGRATIONS, "db/migration/postgres");
  }

  @Override
  public int mostBranches() {
    return MOST_BRANCHES;
  }

  /** It plans a branch in 0.1 to 0.3 ms. */
  @Override
  public int joinsFrom() {
    return JOINS_FROM;
  }

  /** A distinct union is read and sorted as a whole, if that looks cheaper. */
  @Override
  public boolean mergesDistinctUnions() {
    return false;
  }

  @Override
  public boolean readsAreSnapshots() {
    return false;
  }

  @Override
  public Optional<Kind> kindOf(SQLException error) {
    return is(error, IN_THE_WAY) ? Optional.of(Kind.RETRY) : Optional.empty();
  }

  @Override
  public boolean isLostConnection(SQLException error) {
    return is(error, LOST);
  }

  private static boolean is(SQLException error, String states) {
    return error.getSQLState() != null && error.getSQLState().matches(states);
  }

  @Override
  public String transactionName() {
    return "CAST(pg_current_xact_id() AS TEXT)";
  }

  @Override
  public boolean mayBeCommitted(Connection connection, String transaction) throws SQLException {
    try (PreparedStatement ask =
        connection.prepareStatement("SELECT pg_xact_status(CAST(? AS xid8)) AS outcome")) {
      ask.setString(1, transaction);
      try (ResultSet row = ask.executeQuery()) {
        row.next();
        // null: so long ago that the server has forgotten
        return !"aborted".equals(row.getString("outcome"));
      }
    } catch (SQLException e) {
      if (is(e, IN_THE_FUTURE)) {
        return false; // another server has taken over, without this transaction
      }
      throw e;
    }
  }

  /** Others write all the time; the end of the log tells whether they have. */
  @Override
  public BetweenTransactions careOf(Connection writer) {
    return connection -> false;
  }
}
