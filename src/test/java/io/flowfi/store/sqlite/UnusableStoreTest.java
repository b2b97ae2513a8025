package io.flowfi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.ledger.LedgerFixture;
import io.flowfi.log.LogPurpose;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Folders and databases that a server cannot start with: one line says which and what to do. */
class UnusableStoreTest {
  @TempDir Path directory;

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
    return assertThatThrownBy(() -> EmbeddedStore.open(directory))
        .satisfies(e -> assertThat(e.getMessage().lines()).as("one line").hasSize(1))
        .hasMessageContaining("FLOWFI_DATA_DIR")
        .hasMessageContaining(directory.toString())
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(IllegalStateException.class),
            e -> assertThat(e).isInstanceOf(UncheckedIOException.class));
  }

  private Path database() {
    return directory.resolve("flowfi.db");
  }

  private void written(int streams) {
    try (LedgerFixture fixture = new LedgerFixture(directory)) {
      for (int i = 0; i < streams; i++) {
        fixture.run(LedgerFixture.create());
      }
    }
  }

  private void changed(String sql) throws SQLException {
    SQLiteDataSource file = new SQLiteDataSource();
    file.setUrl("jdbc:sqlite:" + database());
    try (Connection connection = file.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void shouldRefuseWhatIsNoDatabaseAndLeaveIt() throws IOException {
    byte[] garbage = new byte[100_000];
    new Random(1).nextBytes(garbage);
    Files.write(database(), garbage);
    assertRefused().hasMessageContaining("damaged or no database").hasMessageContaining("backup");
    assertThat(Files.readAllBytes(database())).isEqualTo(garbage);
    Files.delete(database());
    written(1); // and the folder is unlocked
  }

  @Test
  void shouldRefuseADatabaseThatWasCutOff() throws IOException {
    written(200);
    try (FileChannel file = FileChannel.open(database(), StandardOpenOption.WRITE)) {
      file.truncate(file.size() / 2 / 4096 * 4096);
    }
    assertRefused().hasMessageContaining("damaged");
  }

  @Test
  void shouldRefuseADatabaseOfALaterVersion() throws SQLException {
    written(1);
    changed(
        "INSERT INTO flyway_schema_history SELECT 99, '99', 'of a later version', type,"
            + " 'V99__x.sql', checksum, installed_by, installed_on, execution_time, success FROM"
            + " flyway_schema_history WHERE version = '1'");
    assertRefused().hasMessageContaining("later version").hasMessageContaining("schema 99");
  }

  @Test
  void shouldRejectAForeignTable() throws SQLException {
    changed("CREATE TABLE streams (id INTEGER)");
    assertRefused()
        .hasMessageContaining(
            "the tables in flowfi.db are not those of FlowFi Events; name an empty folder");
  }

  @Test
  void shouldRefuseToMigrateWhereThereIsNoRoomForIt() throws IOException {
    UnusableStore.refuseWithoutRoom(directory, 2 << 20);
    Files.write(database(), new byte[3 << 20]);
    UnusableStore.refuseWithoutRoom(directory, 4 << 20);
    assertThatThrownBy(() -> UnusableStore.refuseWithoutRoom(directory, (4 << 20) - 1))
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("has 4194303 left");
  }

  @Test
  void shouldLookForRoomBeforeItChangesTheTablesAndOnlyThen() throws Exception {
    assertThatThrownBy(() -> EmbeddedStore.open(directory, LogPurpose.REAL, folder -> 1_000_000))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("FLOWFI_DATA_DIR " + directory)
        .hasMessageContaining("its disk has 1000000 left")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    written(1); // it is unlocked, and can be brought up to date
    EmbeddedStore.open(directory, LogPurpose.REAL, folder -> 0).close();

    changed(
        "DELETE FROM flyway_schema_history WHERE installed_rank ="
            + " (SELECT MAX(installed_rank) FROM flyway_schema_history)");
    assertThatThrownBy(() -> EmbeddedStore.open(directory, LogPurpose.REAL, folder -> 0))
        .hasMessageContaining("cannot be brought up to date");
  }

  @Test
  void shouldRefuseAFolderThatIsAFile() throws IOException {
    directory = directory.resolve("file");
    Files.writeString(directory, "x");
    assertRefused().hasMessageContaining("is no folder");
  }

  @Test
  void shouldRefuseAFolderWhoseNameTheDriverWouldCut() {
    directory = directory.resolve("a?b");
    assertRefused().hasMessageContaining("'?'");
    assertThat(directory).doesNotExist();
  }

  @Test
  void shouldRefuseALockThatCannotBeOpened() throws IOException {
    Files.createDirectory(directory.resolve("flowfi.lock"));
    assertRefused();
  }

  @Test
  void shouldRefuseADatabaseThatCannotBeOpened() throws IOException {
    Files.createDirectory(database());
    assertRefused().hasMessageContaining("read and write");
  }

  /** By the codes of SQLite, extended ones too, whatever was in between. */
  @ParameterizedTest
  @CsvSource({
    "SQLITE_NOTADB, restore a backup",
    "SQLITE_CORRUPT_INDEX, restore a backup",
    "SQLITE_FULL, no space left",
    "SQLITE_READONLY_DIRECTORY, must be able to read and write",
    "SQLITE_CANTOPEN, must be able to read and write",
    "SQLITE_PERM, must be able to read and write",
    "SQLITE_BUSY_RECOVERY, another program holds it",
    "SQLITE_LOCKED, another program holds it",
    "SQLITE_IOERR_WRITE, fails or is full",
    "SQLITE_MISUSE, SQLite refuses it"
  })
  void shouldSayWhatToDoAboutWhatSqliteSays(SQLiteErrorCode code, String advice) {
    SQLiteException said = new SQLiteException("[X] as it\n  says it", code);
    assertThat(UnusableStore.because(directory, new IllegalStateException("the pool", said)))
        .hasMessageStartingWith("the database in FLOWFI_DATA_DIR " + directory)
        .hasMessageContaining(advice)
        .hasMessageEndingWith("([X] as it says it)");
  }
}
