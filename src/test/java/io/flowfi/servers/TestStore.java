package io.flowfi.servers;

import io.flowfi.store.SqlStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.sqlite.SQLiteDataSource;

/** The stores that the same tests run against. */
public enum TestStore {
  EMBEDDED {
    @Override
    public SqlStore open(Path directory) {
      return EmbeddedStore.open(directory);
    }

    @Override
    public Connection connect(Path directory) throws SQLException {
      SQLiteDataSource file = new SQLiteDataSource();
      file.setUrl("jdbc:sqlite:" + directory.resolve("flowfi.db"));
      return file.getConnection();
    }
  },

  POSTGRES {
    /** Each directory stands for a database. */
    private final Map<Path, String> databases = new ConcurrentHashMap<>();

    /** With tables: making them takes longer than most tests. */
    private String url(Path directory) {
      return databases.computeIfAbsent(directory, any -> postgres().newDatabase(this::makeTables));
    }

    /** And no log, which each store begins for itself. */
    private void makeTables(String url) {
      PostgresStore.open(PostgresSettings.parse(url)).close();
      try (Connection connection = PostgresServer.connectTo(url);
          Statement statement = connection.createStatement()) {
        statement.execute("DELETE FROM log_identity");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public SqlStore open(Path directory) {
      return PostgresStore.open(PostgresSettings.parse(url(directory)));
    }

    @Override
    public Connection connect(Path directory) throws SQLException {
      return PostgresServer.connectTo(
          databases.computeIfAbsent(directory, any -> postgres().newDatabase()));
    }
  };

  /** Opens the store of a directory, which is created if there is none. */
  public abstract SqlStore open(Path directory);

  /**
   * A connection of its own to the store of a directory, which is empty if nobody has opened it.
   */
  public abstract Connection connect(Path directory) throws SQLException;

  /**
   * The tests' server. If it cannot start, the test is skipped; where {@code FLOWFI_SERVERS} is
   * {@code required}, it fails.
   */
  public static PostgresServer postgres() {
    return started(PostgresServer::shared);
  }

  /** A server of the caller's own, with the same rule. */
  public static PostgresServer durablePostgres() {
    return started(PostgresServer::durable);
  }

  /** Starts another one, with the same rule. */
  public static PostgresServer started(Supplier<PostgresServer> start) {
    try {
      return start.get();
    } catch (RuntimeException e) {
      if (Needed.areRequired()) {
        throw e;
      }
      return Assumptions.abort("PostgreSQL was not tested, its server does not start: " + e);
    }
  }
}
