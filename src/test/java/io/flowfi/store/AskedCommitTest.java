package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.servers.TcpProxy;
import io.flowfi.servers.TestStore;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.store.postgres.PostgresStore;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Answers that are lost but asked for again are in {@code TransferTest}. */
class AskedCommitTest {
  @Test
  void shouldSayThatNobodyKnowsIfTheDatabaseStaysAway() throws Exception {
    int port = TestStore.postgres().port();
    String url = TestStore.postgres().newDatabase();
    try (TcpProxy proxy = new TcpProxy(port);
        SqlStore store =
            PostgresStore.open(
                PostgresSettings.parse(url.replace(":" + port + "/", ":" + proxy.port() + "/")));
        Connection connection = store.migrations().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(LogFile.LOCK);
      }
      proxy.refuse();
      AskedCommit commit = new AskedCommit(store.migrations(), 2, Duration.ZERO);
      assertThatThrownBy(() -> commit.commit(connection, any -> true, "look there"))
          .isInstanceOf(UnknownOutcomeException.class)
          .hasMessage("look there")
          .cause()
          .satisfies(lost -> assertThat(lost.getSuppressed()).hasSize(2));
    }
  }
}
