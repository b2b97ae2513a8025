package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.ledger.LedgerSettings;
import io.flowfi.log.LogPosition;
import io.flowfi.servers.PgBouncer;
import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestStore;
import io.flowfi.store.UnreachableStoreException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real pgbouncer between a node and PostgreSQL. */
@Timeout(120)
class PgBouncerTest {
  private final PostgresServer server = TestStore.postgres();
  private final String database = server.newDatabase();

  @Test
  void shouldWriteAndReadThroughSessions() {
    try (PgBouncer bouncer = PgBouncer.start(server.port(), "session");
        LedgerFixture fixture =
            new LedgerFixture(
                PostgresStore.open(PostgresSettings.parse(bouncer.before(database))),
                null,
                LedgerSettings.DEFAULT,
                () -> {})) {
      fixture.run(LedgerFixture.create());
      assertThat(fixture.store.log().bounds().head()).isEqualTo(new LogPosition(1));
    }
  }

  /** Their sessions change hands, so a node's limits and promises would hold for nobody. */
  @ParameterizedTest
  @ValueSource(strings = {"transaction", "statement"})
  void shouldRefuseAPoolerThatDoesNotKeepSessions(String mode) {
    try (PgBouncer bouncer = PgBouncer.start(server.port(), mode)) {
      PostgresSettings settings = PostgresSettings.parse(bouncer.before(database));
      assertThatThrownBy(() -> PostgresStore.open(settings))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(UnreachableStoreException.class) // it would be tried for ever
          .hasMessageContaining("(" + settings + ")")
          .hasMessageContaining("set pool_mode=session")
          .hasMessageNotContaining("\n");
    }
  }

  /** A session in which a pool had set that it only reads would refuse the check itself. */
  @Test
  void shouldHaveNoSessionButItsOwnWhileItChecks() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      PostgresSettings settings =
          PostgresSettings.parse(
              database.replaceFirst(":[0-9]+/", ":" + silent.getLocalPort() + "/"));
      CompletableFuture<?> opening =
          CompletableFuture.runAsync(() -> PostgresStore.open(settings).close());
      try (Socket checked = silent.accept()) {
        assertThat(checked.isConnected()).isTrue();
        silent.setSoTimeout(500); // pools have begun to connect by then
        assertThatThrownBy(silent::accept).isInstanceOf(SocketTimeoutException.class);
      }
      silent.close();
      assertThatThrownBy(opening::get).hasCauseInstanceOf(UnreachableStoreException.class);
    }
  }

  /** Also one whose sessions are all in use but one. */
  @Test
  void shouldRefuseItWhileOthersUseItToo() throws Exception {
    try (PgBouncer bouncer = PgBouncer.start(server.port(), "transaction");
        Connection busy = PostgresServer.connectTo(bouncer.before(database));
        Connection idle = PostgresServer.connectTo(bouncer.before(database))) {
      busy.setAutoCommit(false);
      busy.createStatement().execute("SELECT 1");
      idle.createStatement().execute("SELECT 1");
      PostgresSettings settings = PostgresSettings.parse(bouncer.before(database));
      assertThatThrownBy(() -> PostgresStore.open(settings))
          .hasMessageContaining("set pool_mode=session");
    }
  }

  @Test
  void shouldSayWhatAPoolerRefuses() {
    try (PgBouncer bouncer = PgBouncer.start(server.port(), "session")) {
      PostgresSettings settings =
          PostgresSettings.parse(bouncer.before(database).replace("?", "-missing?"));
      assertThatThrownBy(() -> PostgresStore.open(settings))
          .hasMessageContaining("-missing")
          .hasMessageContaining("does not exist")
          .hasMessageNotContaining("its tables");
    }
  }
}
