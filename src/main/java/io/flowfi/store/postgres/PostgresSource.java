package io.flowfi.store.postgres;

import io.flowfi.store.PlainSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * Makes connections with our own driver, without {@link java.sql.DriverManager}: that belongs to
 * the whole container, and so do its settings.
 */
final class PostgresSource extends PlainSource {
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
}
