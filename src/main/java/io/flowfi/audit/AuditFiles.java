package io.flowfi.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of the audit log: one JSON object a line, one file a UTC day, only ever appended to.
 * For one thread.
 */
final class AuditFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditFiles.class);

  // whatever is not ASCII is escaped, so that no line break of any alphabet gets through
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .build();

  private final AuditSettings settings;
  private final InstantSource clock;
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private LocalDate day;
  private OutputStream file;

  AuditFiles(AuditSettings settings, InstantSource clock) throws IOException {
    this.settings = settings;
    this.clock = clock;
    Files.createDirectories(settings.directory());
    open();
  }

  /** Writes the lines and hands them to the operating system. */
  void append(List<AuditEntry> entries) throws IOException {
    if (file == null || !today().equals(day)) {
      close();
      open();
    }
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
    day = today();
    Path path = settings.directory().resolve("audit-" + day + ".jsonl");
    boolean cutShort = !endsWithWholeLine(path);
    file = Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (cutShort) {
      file.write('\n');
    }
    settings.retention().ifPresent(time -> deleteBefore(clock.instant().minus(time)));
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

  private void deleteBefore(Instant oldest) {
    try (Stream<Path> files = Files.list(settings.directory())) {
      for (Path old : files.filter(AuditFiles::isOurs).toList()) {
        if (Files.getLastModifiedTime(old).toInstant().isBefore(oldest)) {
          Files.delete(old);
          LOG.info("{} has been kept long enough and is deleted", old.getFileName());
        }
      }
    } catch (IOException e) {
      LOG.warn("old files of the audit log cannot be deleted", e);
    }
  }

  private static boolean isOurs(Path path) {
    return path.getFileName().toString().matches("audit-\\d{4}-\\d{2}-\\d{2}\\.jsonl");
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
