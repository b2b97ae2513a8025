package io.flowfi.retention;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * One file of an archive while it is written, and the form of its lines: an event a line, as JSON,
 * with all that the log holds of it. The same events make the same bytes.
 */
final class ArchiveFile implements AutoCloseable {
  static final String SUFFIX = ".ndjson.gz";
  private static final int BUFFER = 64 * 1024;
  private static final String DATA = ",\"data\":";
  private static final ObjectMapper FIELDS = new ObjectMapper();

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

  /**
   * The event of a line, with its payload byte for byte.
   *
   * @throws IOException if it is none
   */
  static LoggedEvent event(String line) throws IOException {
    try {
      JsonNode fields = FIELDS.readTree(line);
      JsonNode stream = fields.get("streamId");
      return new LoggedEvent(
          new LogPosition(fields.required("seq").asLong()),
          EventType.named(fields.required("type").asText()),
          Optional.ofNullable(stream)
              .map(JsonNode::asText)
              .map(text -> StreamId.parse("streamId", text)),
          Optional.ofNullable(fields.get("sender")).map(JsonNode::asText).map(Address::new),
          Optional.ofNullable(fields.get("recipient")).map(JsonNode::asText).map(Address::new),
          fields.required("timestamp").asLong(),
          payload(line));
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw new IOException("a line of the archive is no event", e);
    }
  }

  /** It is the last field, and none before it holds free text. */
  private static String payload(String line) throws IOException {
    int at = line.indexOf(DATA);
    if (at < 0 || !line.endsWith("}")) {
      throw new IOException("a line of the archive has no payload");
    }
    return line.substring(at + DATA.length(), line.length() - 1);
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
