package io.flowfi.store;

import java.sql.Connection;
import java.sql.SQLException;

/** What a database needs of its writer between two transactions. Belongs to the writer thread. */
@FunctionalInterface
public interface BetweenTransactions {

  /**
   * Does it before a transaction begins on the connection.
   *
   * @return whether another writer may have written since the previous transaction: remembered rows
   *     may then be out of date
   */
  boolean mayHaveLetOthersWrite(Connection connection) throws SQLException;
}
