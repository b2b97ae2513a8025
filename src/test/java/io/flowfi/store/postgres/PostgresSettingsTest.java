package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.servers.TestStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGProperty;

/** What the parameters of {@code DATABASE_URL} do. */
@Timeout(60)
class PostgresSettingsTest {
  @Test
  void shouldGiveTheDriverEachParameterByItsNameThere() {
    PostgresSettings settings =
        PostgresSettings.parse(
            "postgresql://flowfi:p%40s+s@db.example.com:5433/flowfi?sslmode=verify-full"
                + "&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/c.pk8&sslpassword=x"
                + "&sslnegotiation=direct&channel_binding=require&gssencmode=disable"
                + "&application_name=east&connect_timeout=3&currentSchema=pay&prepareThreshold=0"
                + "&target_session_attrs=read-write");
    assertThat(settings).hasToString("postgresql://db.example.com:5433/flowfi");
    assertThat(settings.properties())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("user", "flowfi"),
                Map.entry("password", "p@s+s"),
                Map.entry("sslmode", "verify-full"),
                Map.entry("sslrootcert", "/ca.pem"),
                Map.entry("sslcert", "/c.pem"),
                Map.entry("sslkey", "/c.pk8"),
                Map.entry("sslpassword", "x"),
                Map.entry("sslNegotiation", "direct"),
                Map.entry("channelBinding", "require"),
                Map.entry("gssEncMode", "disable"),
                Map.entry("ApplicationName", "east"),
                Map.entry("connectTimeout", "3"),
                Map.entry("currentSchema", "pay"),
                Map.entry("prepareThreshold", "0")));
    assertThat(settings.properties().keySet())
        .allSatisfy(name -> assertThat(PGProperty.forName(name)).as(name).isNotNull());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "connect_timeout=3s | must have for connect_timeout a number",
        "connect_timeout= | must have for connect_timeout a number",
        "prepareThreshold=-1 | must have for prepareThreshold a number",
        "sslmode=on | must have for sslmode one of disable",
        "target_session_attrs=any | may have target_session_attrs=read-write only",
        "socketTimeout=1 | has a parameter that is not known; known are application_name, ",
        "application_name=%x | has a % that is not followed by two hex digits",
      })
  void shouldSayWhatIsWrongWithAParameter(String parameter, String why) {
    assertThatThrownBy(() -> PostgresSettings.parse("postgresql://u:pw@host/db?" + parameter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(why)
        .hasMessageNotContaining("pw");
  }

  @Test
  void shouldPutAParameterBeforeWhatItSetsItself() throws SQLException {
    String url = TestStore.postgres().newDatabase();
    assertThat(applicationName(url)).isEqualTo("flowfi");
    assertThat(applicationName(url + "&application_name=east")).isEqualTo("east");
  }

  private static String applicationName(String url) throws SQLException {
    try (Connection connection = source(url).getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW application_name")) {
      row.next();
      return row.getString(1);
    }
  }

  private static PostgresSource source(String url) {
    return new PostgresSource(PostgresSettings.parse(url), 5);
  }

  /** As a server that a firewall has cut off. */
  @Test
  void shouldWaitForAConnectionAsLongAsItIsTold() throws IOException {
    List<Socket> waiting = new ArrayList<>();
    ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    try {
      fill(deaf, waiting);
      String url = "postgresql://u:pw@127.0.0.1:" + deaf.getLocalPort() + "/db?sslmode=disable";
      CompletableFuture<SQLException> patient = failure(url + "&connect_timeout=50");
      assertThat(failure(url + "&connect_timeout=1").join().getSQLState()).isEqualTo("08001");
      assertThat(patient).isNotDone();
      deaf.close();
      patient.join();
    } finally {
      deaf.close();
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /** Until the system takes no more connections for it. */
  private static void fill(ServerSocket deaf, List<Socket> waiting) throws IOException {
    while (waiting.size() < 100) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(deaf.getLocalSocketAddress(), 500);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    throw new IllegalStateException("the system takes any number of connections");
  }

  private static CompletableFuture<SQLException> failure(String url) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (Connection connection = source(url).getConnection()) {
            throw new IllegalStateException("connected to " + connection);
          } catch (SQLException e) {
            return e;
          }
        },
        task -> new Thread(task).start());
  }
}
