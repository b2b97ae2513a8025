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
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  /** One start, or one day, deletes no more files than this. */
  private static final int MOST_AT_ONCE = 30;

  /** A server that was off for longer looks like a clock that was set ahead. */
  private static final int MOST_DAYS_OFF = 7;

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
    settings.retention().ifPresent(this::deleteOlderThan);
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

  /**
   * Uses the days in the file names, which a copy keeps. A clock that was set ahead must not delete
   * everything: only a few days go at once, and none if the record itself does not reach up to
   * today.
   */
  private void deleteOlderThan(Duration retention) {
    try (Stream<Path> files = Files.list(settings.directory())) {
      NavigableMap<LocalDate, Path> kept = new TreeMap<>();
      files.forEach(path -> dayOf(path).ifPresent(named -> kept.put(named, path)));
      LocalDate before = kept.lowerKey(day);
      NavigableMap<LocalDate, Path> old = kept.headMap(day.minusDays(retention.toDays()), false);
      if (old.isEmpty()) {
        return;
      }
      if (before.isBefore(day.minusDays(MOST_DAYS_OFF))) {
        LOG.warn(
            "the clock says {} and the audit log before today ends on {}: nothing of it is deleted"
                + " before it has been written for two days; check the clock",
            day,
            before);
        return;
      }
      for (Path path : List.copyOf(old.values()).subList(0, Math.min(old.size(), MOST_AT_ONCE))) {
        Files.delete(path);
        LOG.info("{} has been kept long enough and is deleted", path.getFileName());
      }
    } catch (IOException e) {
      LOG.warn("old files of the audit log cannot be deleted", e);
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
