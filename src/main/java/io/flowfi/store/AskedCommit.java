package io.flowfi.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Commits, and asks the database what became of it if it does not say: the answer to a commit may
 * be lost, and what it did is known to the database alone.
 */
final class AskedCommit {
  /** A restart of the database takes no longer. */
  private static final int MOST_QUESTIONS = 60;

  private final DataSource source;
  private final int questions;
  private final Duration between;

  AskedCommit(DataSource source) {
    this(source, MOST_QUESTIONS, Duration.ofSeconds(1));
  }

  /**
   * @param questions how often to ask
   * @param between how long to wait after a question that got no answer
   */
  AskedCommit(DataSource source, int questions, Duration between) {
    this.source = source;
    this.questions = questions;
    this.between = between;
  }

  /** What can be seen only if the transaction was committed. */
  interface Sign {
    boolean isThere(Statement statement) throws SQLException;
  }

  /**
   * Commits the transaction of a connection that holds {@link LogFile#LOCK}. If it returns, all of
   * it is done.
   *
   * @param unknown says what the operator has to do if nobody knows
   * @throws SQLException if nothing of it is done
   * @throws UnknownOutcomeException if the database does not say
   */
  void commit(Connection connection, Sign sign, String unknown)
      throws SQLException, UnknownOutcomeException {
    try {
      connection.commit();
    } catch (SQLException e) {
      connection.close();
      if (!isThere(sign, e, unknown)) {
        throw e;
      }
    }
  }

  private boolean isThere(Sign sign, SQLException why, String unknown)
      throws UnknownOutcomeException {
    for (int i = 0; i < questions; i++) {
      try (Connection connection = source.getConnection()) {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          statement.execute(LogFile.LOCK); // that transaction has ended then
          return sign.isThere(statement);
        }
      } catch (SQLException e) {
        why.addSuppressed(e);
        LockSupport.parkNanos(between.toNanos());
      }
    }
    throw new UnknownOutcomeException(unknown, why);
  }
}
