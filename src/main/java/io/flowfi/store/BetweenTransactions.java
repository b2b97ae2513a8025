package io.flowfi.store;

import java.sql.Connection;
import java.sql.SQLException;

/** What a database needs of its writer between two transactions. Belongs to the writer thread. */
@FunctionalInterface
public interface BetweenTransactions {

  /**
   * Does it, before a transaction begins on the connection.
   *
   * @return whether another may have written since the transaction before: what is remembered of
   *     its rows may be true no more
   */
  boolean mayHaveLetOthersWrite(Connection connection) throws SQLException;
}
