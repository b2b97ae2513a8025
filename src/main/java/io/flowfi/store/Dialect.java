package io.flowfi.store;

import io.flowfi.ledger.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The differences between databases that matter to the store's statements. */
public interface Dialect {
  /** Where the migrations of the tables are that every kind of database has. */
  String COMMON_MIGRATIONS = "db/migration/common";

  /**
   * What the placeholders of the migrations stand for: {@code text} (compared by bytes) and {@code
   * key} (a 64-bit integer that is a primary key).
   */
  Map<String, String> placeholders();

  /** Where the migrations are, on the class path. */
  default List<String> migrations() {
    return List.of(COMMON_MIGRATIONS);
  }

  /** How many selects one statement may unite. */
  int mostBranches();

  /**
   * With how many branches a union becomes a join with lists of values ({@link ListedBranches}),
   * because planning each branch takes longer than reading it; never where there are no lists.
   */
  int joinsFrom();

  /**
   * Whether a distinct union of ordered branches is merged branch by branch, so that it ends at the
   * limit. If not, {@link EventSelection} limits each branch.
   */
  boolean mergesDistinctUnions();

  /**
   * Whether every transaction on a connection that cannot write sees one state of the store. If
   * not, {@link Reads#ofOneState} asks for it, with one more statement in each transaction.
   */
  boolean readsAreSnapshots();

  /** What an error means, if only this database can tell. */
  Optional<StoreException.Kind> kindOf(SQLException error);

  /**
   * Whether the connection has ended with this error. A transaction that was not being committed is
   * rolled back then.
   */
  boolean isLostConnection(SQLException error);

  /** An expression for the name of the open transaction; null where no commit can get lost. */
  String transactionName();

  /**
   * Whether a transaction that has ended was committed, as far as the database remembers.
   *
   * @param transaction its name
   */
  boolean mayBeCommitted(Connection connection, String transaction) throws SQLException;

  /** The care that the writer's connection needs between its transactions. */
  BetweenTransactions careOf(Connection writer) throws SQLException;
}
