package io.flowfi.retention;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;

/**
 * One file of an archive while it is written: an event a line, as JSON, with all that the log holds
 * of it. The same events make the same bytes.
 */
final class ArchiveFile implements AutoCloseable {
  static final String SUFFIX = ".ndjson.gz";
  private static final int BUFFER = 64 * 1024;

  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private final FileOutputStream file;
  private final DigestOutputStream digested;
  private final GZIPOutputStream packed;
  private final OutputStream lines;
  private LoggedEvent first;
  private LoggedEvent last;

  ArchiveFile(Path path) throws IOException {
    file = new FileOutputStream(path.toFile());
    digested = new DigestOutputStream(new BufferedOutputStream(file, BUFFER), sha256());
    packed = new GZIPOutputStream(digested, BUFFER);
    lines = new BufferedOutputStream(packed, BUFFER);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /**
   * @param expected which event is next
   * @throws IOException if it is another one, or cannot be written
   */
  void append(LoggedEvent event, LogPosition expected) throws IOException {
    if (!event.position().equals(expected)) {
      throw new IOException("event " + expected + " is missing in the log");
    }
    try (JsonGenerator json = JSON.createGenerator(lines)) {
      json.writeStartObject();
      json.writeNumberField("seq", event.position().value());
      json.writeStringField("type", event.type().wireName());
      if (event.streamId().isPresent()) {
        json.writeStringField("streamId", event.streamId().get().toString());
      }
      if (event.sender().isPresent()) {
        json.writeStringField("sender", event.sender().get().strKey());
      }
      if (event.recipient().isPresent()) {
        json.writeStringField("recipient", event.recipient().get().strKey());
      }
      json.writeNumberField("timestamp", event.timestamp());
      json.writeFieldName("data");
      json.writeRawValue(event.payload());
      json.writeEndObject();
    }
    lines.write('\n');
    first = first == null ? event : first;
    last = event;
  }

  /** Completes the file; it is on the disk when this returns. */
  ArchivedRange finish(String log) throws IOException {
    if (first == null) {
      throw new IOException("there is no event to archive");
    }
    lines.flush();
    packed.finish();
    digested.flush();
    file.getFD().sync();
    return new ArchivedRange(
        log,
        String.format(
            "events-%018d-%018d%s", first.position().value(), last.position().value(), SUFFIX),
        first.position().value(),
        last.position().value(),
        first.timestamp(),
        last.timestamp(),
        file.getChannel().size(),
        HexFormat.of().formatHex(digested.getMessageDigest().digest()));
  }

  /** Closes the file, and only that: what is not finished is thrown away. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
