package io.flowfi.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.flowfi.log.LogIdentity;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * Writes the whole log of a store into a file, in one state of the store. The file appears under
 * its name when it is complete. One thread, once.
 */
public final class LogExport {
  private static final int FETCHED = 1000;
  private static final int BUFFER = 1 << 16;

  private final SqlStore store;
  private final TransferProgress progress;
  private final String schema;
  private long lines;

  public LogExport(SqlStore store, TransferProgress progress) {
    this.store = store;
    this.progress = progress;
    this.schema = store.schemaVersion();
  }

  /**
   * Writes a copy: a log that is imported from it is another log with the same events.
   *
   * @throws IOException if the file cannot be written, or the store not be read
   */
  public void copyTo(Path file) throws IOException {
    export(file, false);
  }

  /**
   * Moves the log: the file takes its identity along, and what is left is another log, if somebody
   * starts it again. Nobody may write meanwhile.
   *
   * @throws UnknownOutcomeException if the store does not say whether it has given the log up
   * @throws IOException if the file cannot be written, or the store not be read; nothing has moved
   *     then
   */
  public void moveTo(Path file) throws IOException {
    export(file, true);
  }

  private void export(Path file, boolean moves) throws IOException {
    try {
      write(file, moves);
    } catch (SQLException e) {
      throw new IOException("the database fails: " + e.getMessage(), e);
    }
  }

  private void write(Path file, boolean moves) throws IOException, SQLException {
    if (Files.exists(file)) {
      throw new IOException(file + " exists already");
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (Connection connection = store.migrations().getConnection()) {
      connection.setAutoCommit(false);
      begin(connection, moves);
      try {
        try (OutputStream out = Files.newOutputStream(part)) {
          write(connection, out, moves);
        }
        try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
          written.force(true);
        }
        if (moves) {
          // before the file appears: if the database refuses, there must not be two of one log
          try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM " + LogFile.IDENTITY);
          }
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | SQLException | RuntimeException e) {
        Files.deleteIfExists(part);
        throw e;
      }
      if (moves) {
        giveUp(connection, file);
      }
    }
  }

  private void giveUp(Connection connection, Path file) throws IOException, SQLException {
    LogIdentity log = store.log().identity();
    String unknown =
        "the database has not said whether the log has moved: if its table %s still has %s, delete %s; if not, keep it"
            .formatted(LogFile.IDENTITY, log, file);
    try {
      new AskedCommit(store.migrations())
          .commit(connection, statement -> !stays(statement, log), unknown);
    } catch (SQLException e) {
      Files.delete(file);
      throw e;
    }
  }

  private static boolean stays(Statement statement, LogIdentity log) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT identity FROM " + LogFile.IDENTITY + " WHERE id = 1")) {
      return row.next() && row.getString(1).equals(log.text());
    }
  }

  private void begin(Connection connection, boolean moves) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (moves) {
        statement.execute(LogFile.LOCK); // nobody else writes until it has moved
      } else if (!store.dialect().readsAreSnapshots()) {
        statement.execute(Reads.ONE_STATE);
      }
    }
  }

  private void write(Connection connection, OutputStream file, boolean moves)
      throws IOException, SQLException {
    MessageDigest digest = sha256();
    GZIPOutputStream zipped = new GZIPOutputStream(file, BUFFER);
    DigestOutputStream digested = new DigestOutputStream(zipped, digest);
    OutputStream out = new BufferedOutputStream(digested, BUFFER);
    JsonGenerator json = new JsonFactory().createGenerator(out);
    json.setRootValueSeparator(null);
    json.writeStartObject();
    json.writeStringField("form", LogFile.FORM);
    json.writeStringField("schema", schema);
    json.writeStringField("log", store.log().identity().text()); // which archive belongs to it
    json.writeEndObject();
    endLine(json);
    for (String table : LogFile.TABLES) {
      if (moves || !table.equals(LogFile.IDENTITY)) {
        writeTable(connection, table, json);
      }
    }
    json.flush();
    digested.on(false);
    json.writeStartObject();
    json.writeNumberField("lines", lines);
    json.writeStringField("sha256", HexFormat.of().formatHex(digest.digest()));
    json.writeEndObject();
    endLine(json);
    json.flush();
    zipped.finish();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void writeTable(Connection connection, String table, JsonGenerator json)
      throws IOException, SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(FETCHED);
      long rows;
      try (ResultSet counted = statement.executeQuery(LogFile.count(table))) {
        counted.next();
        rows = counted.getLong(1);
      }
      progress.begin(table, rows);
      try (ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
        writeHeader(table, row.getMetaData(), json);
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          json.writeStartArray();
          for (int column = 1; column <= columns; column++) {
            write(row.getObject(column), json);
          }
          json.writeEndArray();
          endLine(json);
          progress.row();
        }
      }
    }
    progress.end();
  }

  private void writeHeader(String table, ResultSetMetaData columns, JsonGenerator json)
      throws IOException, SQLException {
    json.writeStartObject();
    json.writeStringField("table", table);
    json.writeArrayFieldStart("columns");
    for (int column = 1; column <= columns.getColumnCount(); column++) {
      json.writeString(columns.getColumnName(column));
    }
    json.writeEndArray();
    json.writeEndObject();
    endLine(json);
  }

  private static void write(Object value, JsonGenerator json) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Number number) {
      json.writeNumber(number.longValue());
    } else {
      json.writeString(value.toString());
    }
  }

  private void endLine(JsonGenerator json) throws IOException {
    json.writeRaw('\n');
    lines++;
  }
}
