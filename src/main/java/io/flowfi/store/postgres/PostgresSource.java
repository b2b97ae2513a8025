package io.flowfi.store.postgres;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.postgresql.Driver;

/**
 * Makes connections with our own driver, without {@link java.sql.DriverManager}: that belongs to
 * the whole container, and so do its settings.
 */
final class PostgresSource implements DataSource {
  private final Driver driver = new Driver();
  private final String url;
  private final Properties properties = new Properties();

  /**
   * @param socketSeconds how long an answer of the server may take
   */
  PostgresSource(PostgresSettings settings, int socketSeconds) {
    url = "jdbc:" + settings.address();
    properties.put("ApplicationName", "flowfi");
    properties.put("connectTimeout", "5");
    properties.put("socketTimeout", Integer.toString(socketSeconds));
    properties.put("tcpKeepAlive", "true");
    properties.put("reWriteBatchedInserts", "true");
    // a standby cannot take its place in a list of hosts, nor alone
    properties.put("targetServerType", "primary");
    properties.putAll(settings.properties());
  }

  @Override
  public Connection getConnection() throws SQLException {
    return driver.connect(url, properties);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("DATABASE_URL names the user");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  /** The time limits are properties. */
  @Override
  public void setLoginTimeout(int seconds) {
    // see above
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("the driver logs for itself");
  }

  @Override
  public Logger getParentLogger() {
    return driver.getParentLogger();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (!isWrapperFor(type)) {
      throw new SQLException("this is no " + type);
    }
    return type.cast(this);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
