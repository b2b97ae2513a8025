package io.flowfi.store.postgres;

import io.flowfi.store.PlainSource;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A data source of the container, of which only connections are asked: Tomcat's throws at {@link
 * #getLoginTimeout}, which a pool asks for before it closes.
 */
final class BorrowedSource extends PlainSource {
  private final DataSource source;

  BorrowedSource(DataSource source) {
    this.source = source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    return source.getConnection();
  }
}
