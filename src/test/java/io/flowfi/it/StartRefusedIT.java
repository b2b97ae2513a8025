package io.flowfi.it;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that cannot do what its environment asks for ends, and one line says why. */
@Timeout(120)
class StartRefusedIT {
  @ParameterizedTest
  @CsvSource({
    "PORT,http,PORT must be a whole number between 1 and 65535",
    "PORT,70000,PORT must be a whole number between 1 and 65535",
    "FLOWFI_BIND,not an address,FLOWFI_BIND must be an address of this machine",
    "JWT_SECRET,tooShortToBeOne,JWT_SECRET must have at least 32 bytes"
  })
  void shouldEndAndNameTheVariable(String variable, String value, String said) {
    try (TomcatServer server = TomcatServer.prepare(Map.of(variable, value))) {
      assertThatThrownBy(server::restart).hasMessageContaining("Ended at start");
      assertThat(server.log().lines().filter(line -> line.contains(said))).hasSize(1);
      assertThat(server.log()).doesNotContain("tooShortToBeOne", "\tat io.flowfi");
    }
  }

  /** The folder of another program, which loses nothing by it. */
  @Test
  void shouldEndAndSayWhatToDoAboutForeignTables() throws Exception {
    try (TomcatServer server = TomcatServer.prepare(Map.of())) {
      Path database = Files.createDirectories(server.dataFolder()).resolve("flowfi.db");
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE orders (id INTEGER)");
        statement.execute("INSERT INTO orders VALUES (7)");
        assertThatThrownBy(server::restart).hasMessageContaining("Ended at start");
        assertThat(server.log().lines())
            .filteredOn(line -> line.contains("not those of FlowFi Events; name an empty folder"))
            .singleElement(as(STRING))
            .contains("FLOWFI_DATA_DIR " + server.dataFolder());
        assertThat(server.log()).doesNotContain("\tat io.flowfi");
        assertThat(statement.executeQuery("SELECT id FROM orders").getInt(1)).isEqualTo(7);
      }
    }
  }
}
