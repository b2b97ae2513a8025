package io.flowfi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.LogIdentity;
import io.flowfi.servers.TestStore;
import io.flowfi.store.sqlite.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** The identity of a log. */
class LogIdentityTest {
  @TempDir Path directory;

  private static LogIdentity identity(Path data) {
    try (SqlStore store = EmbeddedStore.open(data)) {
      return store.log().identity();
    }
  }

  private static void run(Path database, String sql) throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + database);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void shouldBeKeptForAsLongAsTheLogIs() {
    LogIdentity first = identity(directory.resolve("a"));
    assertThat(identity(directory.resolve("a"))).isEqualTo(first);
    assertThat(identity(directory.resolve("b"))).as("a log begun anew").isNotEqualTo(first);
  }

  /** The backup steps of the README. */
  @Test
  void shouldBeAnotherForALogThatWasRestored() throws Exception {
    Path data = directory.resolve("data");
    LogIdentity before = identity(data);
    Path backup = directory.resolve("backup.db");
    run(data.resolve("flowfi.db"), "VACUUM INTO '" + backup + "'");
    run(backup, "DELETE FROM log_identity");
    Path restored = Files.createDirectory(directory.resolve("restored"));
    Files.copy(backup, restored.resolve("flowfi.db"));
    LogIdentity after = identity(restored);
    assertThat(after).isNotEqualTo(before);
    assertThat(identity(restored)).isEqualTo(after);
    assertThat(identity(data)).isEqualTo(before);
  }

  @Test
  void shouldComeWithASecretOfItsOwnThatStays() throws Exception {
    Path data = directory.resolve("a");
    String first = secret(data);
    assertThat(secret(data)).isEqualTo(first);
    assertThat(secret(directory.resolve("b"))).isNotEqualTo(first);
    run(data.resolve("flowfi.db"), "DELETE FROM log_identity"); // as in a restored backup
    assertThat(secret(data)).isNotEqualTo(first);
  }

  private static String secret(Path data) {
    try (SqlStore store = EmbeddedStore.open(data)) {
      assertThat(store.secret().hex()).isEqualTo(store.secret().hex()).matches("[0-9a-f]{64}");
      assertThat(store.secret()).hasToString("a secret");
      return store.secret().hex();
    }
  }

  /** The step for every restored database, see docs/scaling.md. */
  @ParameterizedTest
  @EnumSource
  void shouldBeAnotherOnceItsRowIsGone(TestStore kind) throws Exception {
    LogIdentity before = identity(kind);
    assertThat(identity(kind)).isEqualTo(before);
    try (Connection connection = kind.connect(directory);
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate("DELETE FROM log_identity")).isEqualTo(1);
    }
    LogIdentity after = identity(kind);
    assertThat(after).isNotEqualTo(before);
    assertThat(identity(kind)).isEqualTo(after);
  }

  private LogIdentity identity(TestStore kind) {
    try (SqlStore store = kind.open(directory)) {
      return store.log().identity();
    }
  }

  @Test
  void shouldBeLettersOnly() {
    Set<String> some = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      some.add(LogIdentity.random().text());
    }
    assertThat(some).hasSize(1000).allMatch(text -> text.matches("[a-z]{8}"));
    assertThat(String.join("", some).chars().distinct().count()).isEqualTo(26);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "a b", "\"", "é", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx"})
  void shouldNeedNoEscaping(String text) {
    assertThatThrownBy(() -> new LogIdentity(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
