package io.flowfi.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.flowfi.time.Clocks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the audit log: one JSON object a line, one file a UTC day, only ever appended to.
 * For one thread.
 */
final class AuditFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditFiles.class);

  // everything outside ASCII is escaped, so that no Unicode line break gets through
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private static final Pattern NAME = Pattern.compile("audit-(\\d{4}-\\d{2}-\\d{2})\\.jsonl");

  private final AuditSettings settings;
  private final Clocks clock;

  /** Empty if all files are kept. */
  private final Optional<AuditRetention> retention;

  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private LocalDate day;
  private OutputStream file;

  AuditFiles(AuditSettings settings, Clocks clock) throws IOException {
    this.settings = settings;
    this.clock = clock;
    Files.createDirectories(settings.directory());
    retention =
        settings.retention().isPresent()
            ? Optional.of(
                new AuditRetention(settings.directory(), settings.retention().get(), clock))
            : Optional.empty();
    open();
  }

  /** Writes the lines and hands them to the operating system. */
  void append(List<AuditEntry> entries) throws IOException {
    if (file == null || !today().equals(day)) {
      close();
      open();
    }
    retention.ifPresent(AuditRetention::beforeLines);
    lines.reset();
    for (AuditEntry entry : entries) {
      try (JsonGenerator json = JSON.createGenerator(lines)) {
        json.writeStartObject();
        json.writeStringField("at", entry.at().toString());
        entry.writeFields(json);
        json.writeEndObject();
      }
      lines.write('\n');
    }
    try {
      lines.writeTo(file);
      file.flush();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private LocalDate today() {
    return clock.instant().atZone(ZoneOffset.UTC).toLocalDate();
  }

  private void open() throws IOException {
    retention.ifPresent(AuditRetention::beforeDay);
    day = today();
    Path path = settings.directory().resolve("audit-" + day + ".jsonl");
    boolean cutShort = !endsWithWholeLine(path);
    file = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (cutShort) {
      file.write('\n');
    }
    retention.ifPresent(AuditRetention::afterDay);
  }

  /** A crash or a full disk may have left a part of a line. */
  private static boolean endsWithWholeLine(Path path) throws IOException {
    if (!Files.exists(path) || Files.size(path) == 0) {
      return true;
    }
    try (SeekableByteChannel channel = Files.newByteChannel(path)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.position(channel.size() - 1).read(last);
      return last.get(0) == '\n';
    }
  }

  /** The day that a file is of, if it is one of the audit log. */
  static Optional<LocalDate> dayOf(Path path) {
    Matcher name = NAME.matcher(path.getFileName().toString());
    try {
      return name.matches() ? Optional.of(LocalDate.parse(name.group(1))) : Optional.empty();
    } catch (DateTimeParseException noDay) {
      return Optional.empty(); // not ours
    }
  }

  @Override
  public void close() {
    OutputStream open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.warn("a file of the audit log could not be closed", e);
      }
    }
  }
}
