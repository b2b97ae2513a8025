package io.flowfi.store.postgres;

import io.flowfi.store.PlainSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Connections that begin with statements. */
final class BegunSource extends PlainSource {
  private final DataSource source;
  private final String begin;

  /**
   * @param begin statements, with a semicolon between them
   */
  BegunSource(DataSource source, String begin) {
    this.source = source;
    this.begin = begin;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute(begin);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
