package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.servers.PostgresServer;
import io.flowfi.servers.TestAuthority;
import io.flowfi.servers.TestStore;
import io.flowfi.store.SqlStore;
import io.flowfi.store.UnreachableStoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that shows a certificate and wants one. */
class TlsTest {
  private static TestAuthority ours;
  private static TestAuthority another;
  private static PostgresServer server;
  private static Path folder;

  @BeforeAll
  static void start(@TempDir Path directory) {
    folder = directory;
    ours = TestAuthority.create(directory.resolve("ours"));
    ours.issue("flowfi", "DNS:client");
    another = TestAuthority.create(directory.resolve("another"));
    another.issue("flowfi", "DNS:client");
    Path certificate = ours.issue("server", "IP:127.0.0.1");
    server =
        TestStore.started(() -> PostgresServer.withCertificates(certificate, ours.certificate()));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** A new database; {@code OURS} and {@code ANOTHER} stand for the folders of the authorities. */
  private static PostgresSettings settings(String parameters) {
    return settings("127.0.0.1", parameters);
  }

  private static PostgresSettings settings(String host, String parameters) {
    return PostgresSettings.parse(
        server.newDatabase().replace("127.0.0.1", host).replaceFirst("sslmode=.*", "")
            + parameters
                .replace("OURS", folder.resolve("ours").toString())
                .replace("ANOTHER", folder.resolve("another").toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sslcert=OURS/flowfi.pem&sslkey=OURS/flowfi.pk8",
        "sslkey=OURS/flowfi.p12&sslpassword=secret"
      })
  void shouldShowACertificateToAServerThatHasTheRightOne(String key) throws SQLException {
    PostgresSettings settings = settings("sslmode=verify-full&sslrootcert=OURS/ca.pem&" + key);
    try (SqlStore store = PostgresStore.open(settings);
        Connection connection = new PostgresSource(settings, 5).getConnection();
        Statement statement = connection.createStatement();
        ResultSet connections =
            statement.executeQuery(
                "SELECT count(*), count(*) FILTER (WHERE ssl AND client_dn = '/CN=flowfi')"
                    + " FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                    + " WHERE datname = current_database()")) {
      assertThat(store.log()).isNotNull();
      assertThat(connections.next()).isTrue();
      assertThat(connections.getInt(1)).isGreaterThan(1).isEqualTo(connections.getInt(2));
    }
  }

  /** What each mode does with a server of another authority, and with one for another host. */
  @ParameterizedTest
  @CsvSource({
    "require, 127.0.0.1, ANOTHER, ''",
    "require, localhost, OURS, ''",
    "verify-ca, 127.0.0.1, OURS, ''",
    "verify-ca, localhost, OURS, ''",
    "verify-ca, 127.0.0.1, ANOTHER, used: its certificate is not of sslrootcert (",
    "verify-full, localhost, OURS, used: its certificate is not for this host",
    "verify-full, 127.0.0.1, ANOTHER, used: its certificate is not of sslrootcert (",
    "disable, 127.0.0.1, OURS, it does not accept the user",
  })
  void shouldCheckWhatTheModeSays(String mode, String host, String authority, String reason)
      throws SQLException {
    PostgresSettings settings =
        settings(
            host,
            "sslmode=" + mode + "&sslrootcert=" + authority + "/ca.pem" + client("flowfi.pk8"));
    if (!reason.isEmpty()) {
      assertRefused(settings, reason);
      return;
    }
    try (Connection connection = new PostgresSource(settings, 5).getConnection();
        Statement statement = connection.createStatement();
        ResultSet own =
            statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
      assertThat(own.next()).isTrue();
      assertThat(own.getBoolean(1)).isTrue();
    }
  }

  /** None of these is mended by waiting. */
  @ParameterizedTest
  @CsvSource({
    "ANOTHER/ca.pem, flowfi.pk8, used: its certificate is not of sslrootcert (",
    "/absent/ca.pem, flowfi.pk8, /absent/ca.pem",
    "OURS/ca.pem, absent.pk8, absent.pk8",
    "OURS/ca.pem, flowfi.key, used: a file of",
    "OURS/ca.pem, server.pk8, it does not accept the user",
  })
  void shouldRefuseToStart(String authority, String key, String reason) {
    assertRefused(settings("sslmode=verify-full&sslrootcert=" + authority + client(key)), reason);
  }

  /** Our own certificate and a key that may be another's. */
  private static String client(String key) {
    String name = key.startsWith("server") ? "server" : "flowfi";
    return "&sslcert=OURS/" + name + ".pem&sslkey=OURS/" + key;
  }

  /** It hangs up, as one does that ends: so it may yet be mended. */
  @Test
  void shouldSayThatTheServerMayNotAcceptTheCertificate() {
    PostgresSettings settings =
        settings(
            "sslmode=verify-full&sslrootcert=OURS/ca.pem&sslcert=ANOTHER/flowfi.pem"
                + "&sslkey=ANOTHER/flowfi.pk8");
    assertThatThrownBy(() -> PostgresStore.open(settings))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("sslcert");
  }

  @Test
  void shouldRefuseAServerWhoseCertificateIsForAnotherName() {
    assertRefused(
        settings("localhost", "sslmode=verify-full&sslrootcert=OURS/ca.pem"), "not for this host");
  }

  @Test
  void shouldRefuseToStartWithoutACertificateOfItsOwn() {
    assertRefused(
        settings("sslmode=verify-full&sslrootcert=OURS/ca.pem"), "it does not accept the user");
  }

  @Test
  void shouldRefuseAServerWithoutTls() {
    String url = TestStore.postgres().newDatabase().replaceFirst("sslmode=.*", "");
    assertRefused(
        PostgresSettings.parse(url + "sslmode=verify-full&sslrootcert=" + ours.certificate()),
        "does not support SSL");
  }

  private static void assertRefused(PostgresSettings settings, String reason) {
    assertThatThrownBy(() -> PostgresStore.open(settings))
        .isInstanceOf(IllegalStateException.class)
        .isNotInstanceOf(UnreachableStoreException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("its tables");
  }
}
