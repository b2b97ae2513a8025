package io.flowfi.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The statements of one connection, each prepared once. There are only few: a statement over many
 * keys comes in {@link #KEYS_A_STATEMENT three sizes}. Belongs to the thread of the connection.
 */
final class PreparedStatements implements AutoCloseable {

  /** The last key fills the unused places. */
  private static final int[] KEYS_A_STATEMENT = {1, 8, 128};

  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  PreparedStatements(Connection connection) {
    this.connection = connection;
  }

  PreparedStatement of(String sql) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  /** Writes a key into a statement. */
  @FunctionalInterface
  interface Binder<K> {
    /**
     * @param number of the key, from 1
     */
    void bind(PreparedStatement select, int number, K key) throws SQLException;
  }

  /** Reads the current row. It must not move to the next one. */
  @FunctionalInterface
  interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  /**
   * Reads the rows of any number of keys.
   *
   * @param beginning of the statement, up to the bracket with the keys
   * @param mark the placeholder for one key
   */
  <K> void forEach(
      Collection<K> keys, String beginning, String mark, Binder<K> binder, Reader reader)
      throws SQLException {
    Iterator<K> rest = keys.iterator();
    for (int left = keys.size(), size; left > 0; left -= size) {
      size = sizeFor(left);
      PreparedStatement select = of(beginning + (mark + ", ").repeat(size - 1) + mark + ")");
      K last = null;
      for (int number = 1; number <= size; number++) {
        last = rest.hasNext() ? rest.next() : last;
        binder.bind(select, number, last);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          reader.read(rows);
        }
      }
    }
  }

  /** How many keys the next statement takes: no fewer than are left, or the most there are. */
  private static int sizeFor(int left) {
    for (int size : KEYS_A_STATEMENT) {
      if (left <= size) {
        return size;
      }
    }
    return KEYS_A_STATEMENT[KEYS_A_STATEMENT.length - 1];
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
  }
}
