package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.UnreachableStoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/**
 * What happens with the version of PostgreSQL that the tests have. {@code mvn -Ppostgres} takes
 * others.
 */
class SupportedVersionsTest {
  private static final int OLDEST = 14;

  private final String url = TestStore.postgres().newDatabase();

  @Test
  void shouldUpgradeTheFirstTablesOfASupportedVersionOnly() throws SQLException {
    try (Connection connection = PostgresServer.connectTo(url);
        Statement statement = connection.createStatement()) {
      int version = connection.getMetaData().getDatabaseMajorVersion();
      String wanted = System.getProperty("flowfi.postgres.version", "");
      if (!wanted.isEmpty() && PostgresServer.isOfMavenCentral()) {
        assertThat(wanted).startsWith(version + ".");
      }
      if (version < OLDEST) {
        assertRefused();
        return;
      }
      firstTables();
      statement.execute(
          "INSERT INTO events VALUES (1, 'stream.created', 1, 'GA', 'GB', 1700000000, '{}')");
      statement.execute("UPDATE log_head SET seq = 1, next_stream_id = 2");
    }
    try (LedgerFixture node =
        new LedgerFixture(
            PostgresStore.open(PostgresSettings.parse(url)),
            null,
            LedgerSettings.DEFAULT,
            () -> {})) {
      node.run(LedgerFixture.create());
      assertThat(node.store.log().read(LogPosition.BEGINNING, EventFilter.EVERYTHING, 9).events())
          .extracting(event -> event.position().value())
          .isEqualTo(List.of(1L, 2L));
    }
  }

  private void assertRefused() {
    assertThatThrownBy(() -> PostgresStore.open(PostgresSettings.parse(url)))
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(UnreachableStoreException.class)
        .hasMessageContaining("it must be PostgreSQL 14 or later");
  }

  private void firstTables() {
    PostgresDatabase database = new PostgresDatabase(PostgresSettings.parse(url));
    try {
      Flyway.configure(SupportedVersionsTest.class.getClassLoader())
          .dataSource(database.migrations())
          .locations(database.dialect().migrations().toArray(String[]::new))
          .placeholders(database.dialect().placeholders())
          .target("1")
          .load()
          .migrate();
    } finally {
      database.close();
    }
  }
}
