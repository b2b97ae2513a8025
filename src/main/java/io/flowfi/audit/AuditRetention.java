package io.flowfi.audit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.flowfi.time.BelievedTime;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes files of the audit log that were kept long enough, by the days in their names, which a
 * copy keeps. A clock that was set ahead must not delete the record, nor a restart with such a
 * clock, though it finds files of false days: so ages are by a {@link BelievedTime}, whose doubt is
 * kept beside the files. For one thread.
 */
final class AuditRetention {
  private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);

  /** One start, or one day, deletes no more files than this, even if the clock is believed. */
  private static final int MOST_AT_ONCE = 30;

  /** How often it is looked whether a doubt is over, and the doubt stored. */
  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final String DOUBT = "clock-doubt";
  private static final Pattern STORED = Pattern.compile("believed=(\\d{1,12}) lasted=(\\d{1,12})");

  /** Older than all there is; it ends when the server has run for a day. */
  private static final ClockDoubt UNREADABLE = new ClockDoubt(1, 0);

  private final Path directory;
  private final long days;
  private final Clocks clock;
  private final BelievedTime time;
  private final long latest;
  private ClockDoubt stored;
  private long believed;
  private long looked;
  private boolean warned;

  /**
   * @param directory of the files, which is there
   * @param retention in whole days
   * @throws IOException if it cannot be read
   */
  AuditRetention(Path directory, Duration retention, Clocks clock) throws IOException {
    this.directory = directory;
    this.days = retention.toDays();
    this.clock = clock;
    this.time = new BelievedTime(clock::nanos);
    this.stored = stored();
    NavigableMap<LocalDate, Path> files = files();
    // as late as its last line can be
    this.latest = files.isEmpty() ? 0 : startOf(files.lastKey().plusDays(1));
  }

  private static long startOf(LocalDate day) {
    return Math.max(0, day.atStartOfDay(ZoneOffset.UTC).toEpochSecond());
  }

  /** Before the first line of a day, so that a doubt is stored before a file confirms the clock. */
  void beforeDay() {
    look();
  }

  /** When the file of a day is open. */
  void afterDay() {
    delete();
  }

  /** Before other lines. */
  void beforeLines() {
    if (!stored.isNone() && clock.nanos() - looked >= BETWEEN_LOOKS_NANOS) {
      look();
      if (stored.isNone()) {
        delete();
      }
    }
  }

  private void look() {
    looked = clock.nanos();
    Instant now = clock.instant();
    believed = time.seconds(latest, stored, now.getEpochSecond());
    time.toStore(stored).ifPresent(this::store);
    if (!warned && !stored.isNone()) {
      LOG.warn(
          "the clock says {}, and the files of the audit log and the time since the start say {}:"
              + " until the server has run with it for a day, files are deleted by the latter;"
              + " check the clock",
          now,
          Instant.ofEpochSecond(believed));
    }
    warned = !stored.isNone();
  }

  private void delete() {
    LocalDate today = LocalDate.ofInstant(Instant.ofEpochSecond(believed), ZoneOffset.UTC);
    try {
      files().headMap(today.minusDays(days), false).values().stream()
          .limit(MOST_AT_ONCE)
          .toList()
          .forEach(AuditRetention::delete);
    } catch (IOException e) {
      LOG.warn("old files of the audit log cannot be deleted", e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
      LOG.info("{} has been kept long enough and is deleted", path.getFileName());
    } catch (IOException e) {
      LOG.warn("{} has been kept long enough and cannot be deleted", path.getFileName(), e);
    }
  }

  private NavigableMap<LocalDate, Path> files() throws IOException {
    NavigableMap<LocalDate, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path path : all.toList()) {
        AuditFiles.dayOf(path).ifPresent(day -> files.put(day, path));
      }
    }
    return files;
  }

  private ClockDoubt stored() throws IOException {
    try {
      Matcher text = STORED.matcher(Files.readString(directory.resolve(DOUBT), ISO_8859_1).strip());
      return text.matches()
          ? new ClockDoubt(Long.parseLong(text.group(1)), Long.parseLong(text.group(2)))
          : UNREADABLE;
    } catch (NoSuchFileException none) {
      return ClockDoubt.NONE;
    }
  }

  private void store(ClockDoubt doubt) {
    stored = doubt; // if that fails it is tried again with the next look that has to store it
    Path file = directory.resolve(DOUBT);
    try {
      if (doubt.isNone()) {
        Files.deleteIfExists(file);
      } else {
        Path written = directory.resolve(DOUBT + ".new");
        Files.writeString(
            written, "believed=" + doubt.believed() + " lasted=" + doubt.lasted() + "\n");
        Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      LOG.warn("{} of the audit log cannot be written", DOUBT, e);
    }
  }
}
