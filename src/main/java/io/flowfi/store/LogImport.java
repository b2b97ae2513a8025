package io.flowfi.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Reads an exported log into an empty store, in one transaction: after a crash, or an error in the
 * file, the store is as empty as before. One thread, once.
 */
public final class LogImport {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BUFFER = 1 << 16;
  private static final int ROWS_A_BATCH = 1000;

  /** What a file may name; it goes into statements. */
  private static final String NAME = "[a-z_]{1,60}";

  private static final String UNKNOWN =
      "the database has not said whether it has the log: if its table events has rows, it has all of it; if not, import it again";

  private final SqlStore store;
  private final TransferProgress progress;
  private final int schema;
  private final Set<String> seen = new LinkedHashSet<>();

  // the table that is being read
  private PreparedStatement insert;
  private int columns;
  private int fileSchema;
  private String log = "";
  private int batched;

  public LogImport(SqlStore store, TransferProgress progress) {
    this.store = store;
    this.progress = progress;
    this.schema = Integer.parseInt(store.schemaVersion());
  }

  /**
   * Reads the file of a log that had events removed, and puts these before the others again.
   *
   * @throws IOException as without them; and if they are of another log, damaged, or leave a gap
   * @throws IllegalStateException if the store is not empty; the message is for the operator
   */
  public void readFrom(Path file, EarlierEvents earlier) throws IOException {
    try {
      readAll(file, Optional.of(earlier));
    } catch (SQLException e) {
      throw new IOException("the database fails: " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Reads the file.
   *
   * @throws UnknownOutcomeException if the store does not say whether it has taken it
   * @throws IOException if the file cannot be read, or is not what an export has written, or the
   *     store does not take it; the message is for the operator
   * @throws IllegalStateException if the store is not empty; the message is for the operator
   */
  public void readFrom(Path file) throws IOException {
    try {
      readAll(file, Optional.empty());
    } catch (SQLException e) {
      throw new IOException("the database fails: " + e.getMessage(), e);
    }
  }

  private void readAll(Path file, Optional<EarlierEvents> earlier)
      throws IOException, SQLException {
    try (Connection connection = store.migrations().getConnection()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(LogFile.LOCK); // nobody else may write
        refuseUnlessEmpty(statement);
      }
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(file), BUFFER), StandardCharsets.UTF_8),
              BUFFER)) {
        read(lines, connection);
        if (earlier.isPresent()) {
          addBefore(connection, earlier.get());
        }
        new AskedCommit(store.migrations()).commit(connection, LogImport::holdsALog, UNKNOWN);
      } catch (IOException | SQLException | RuntimeException e) {
        takeBack(connection, e);
        throw e;
      }
    }
  }

  private static void takeBack(Connection connection, Exception why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // the connection has ended, and its transaction with it
      why.addSuppressed(e);
    }
  }

  private static void refuseUnlessEmpty(Statement statement) throws SQLException {
    if (holdsALog(statement)) {
      throw new IllegalStateException("the database holds a log already: import into an empty one");
    }
  }

  private static boolean holdsALog(Statement statement) throws SQLException {
    for (String table : List.of("events", "streams", "idempotency_keys")) {
      try (ResultSet any = statement.executeQuery("SELECT 1 FROM " + table + " LIMIT 1")) {
        if (any.next()) {
          return true;
        }
      }
    }
    return false;
  }

  private void read(BufferedReader lines, Connection connection) throws IOException, SQLException {
    MessageDigest digest = LogExport.sha256();
    long number = 0;
    for (String text = lines.readLine(); text != null; text = lines.readLine()) {
      JsonNode line = line(text);
      if (line.has("sha256")) {
        endTable();
        checkEnd(line, number, digest, lines);
        return;
      }
      digest.update(text.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
      number++;
      if (line.isArray()) {
        addRow(line);
      } else if (line.has("table")) {
        endTable();
        beginTable(line, connection);
      } else {
        checkBegin(line);
      }
    }
    throw new IOException("the file is not complete");
  }

  private void addBefore(Connection connection, EarlierEvents earlier)
      throws IOException, SQLException {
    if (!log.matches(LogIdentity.FORM)) {
      throw new IOException("the file does not say which log it is of: export it again");
    }
    long oldest = oldest(connection);
    long first = oldest;
    progress.begin("archived events", 0);
    try (PreparedStatement event = connection.prepareStatement(EventRow.INSERT)) {
      for (List<LoggedEvent> part : earlier.before(new LogIdentity(log), new LogPosition(oldest))) {
        for (int i = 0; i < part.size(); i++) {
          EventRow.bind(event, part.get(i));
          event.addBatch();
          if ((i + 1) % ROWS_A_BATCH == 0) {
            event.executeBatch();
          }
          first = Math.min(first, part.get(i).position().value());
          progress.row();
        }
        event.executeBatch();
      }
    }
    progress.end();
    try (PreparedStatement head =
        connection.prepareStatement("UPDATE log_head SET oldest = ? WHERE id = 1")) {
      head.setLong(1, first);
      head.executeUpdate();
    }
  }

  private static long oldest(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet head = statement.executeQuery("SELECT oldest FROM log_head WHERE id = 1")) {
      head.next();
      return head.getLong("oldest");
    }
  }

  private static JsonNode line(String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IOException("the file is damaged, or no export", e);
    }
  }

  private void checkBegin(JsonNode line) throws IOException {
    if (!line.path("form").asText().equals(LogFile.FORM)) {
      throw new IOException("the file is no export of a log in the form " + LogFile.FORM);
    }
    log = line.path("log").asText();
    fileSchema = line.path("schema").asInt();
    if (fileSchema > schema) {
      throw new IOException(
          "the file comes from a later version of FlowFi Events (schema "
              + line.path("schema").asText()
              + "): import it with that version");
    }
  }

  private void checkEnd(JsonNode line, long number, MessageDigest digest, BufferedReader lines)
      throws IOException {
    if (line.path("lines").asLong() != number
        || !line.path("sha256").asText().equals(HexFormat.of().formatHex(digest.digest()))
        || lines.readLine() != null
        || !seen.containsAll(LogFile.needed(fileSchema))) {
      throw new IOException("the file is damaged: its checksum is not that of its lines");
    }
  }

  private void beginTable(JsonNode line, Connection connection) throws IOException, SQLException {
    String table = line.path("table").asText();
    JsonNode names = line.path("columns");
    if (!LogFile.TABLES.contains(table) || !seen.add(table) || names.isEmpty()) {
      throw new IOException("the file has a table that is not known: import it with its version");
    }
    StringBuilder list = new StringBuilder();
    for (JsonNode name : names) {
      if (!name.asText().matches(NAME)) {
        throw new IOException("the file has a column that is not known");
      }
      list.append(list.isEmpty() ? "" : ", ").append(name.asText());
    }
    // a new database has rows here: its end, and an identity of its own
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM " + table);
    }
    columns = names.size();
    insert =
        connection.prepareStatement(
            "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(table, list, String.join(", ", Collections.nCopies(columns, "?"))));
    progress.begin(table, 0);
  }

  private void addRow(JsonNode row) throws IOException, SQLException {
    if (insert == null || row.size() != columns) {
      throw new IOException("the file is damaged: a row is not as wide as its table");
    }
    for (int i = 0; i < columns; i++) {
      JsonNode value = row.get(i);
      if (value.isNull()) {
        insert.setNull(i + 1, Types.NULL);
      } else if (value.isIntegralNumber()) {
        insert.setLong(i + 1, value.asLong());
      } else {
        insert.setString(i + 1, value.asText());
      }
    }
    insert.addBatch();
    batched++;
    if (batched == ROWS_A_BATCH) {
      insert.executeBatch();
      batched = 0;
    }
    progress.row();
  }

  private void endTable() throws SQLException {
    if (insert != null) {
      insert.executeBatch();
      insert.close();
      insert = null;
      batched = 0;
      progress.end();
    }
  }
}
