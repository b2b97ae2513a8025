package io.flowfi.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Looks through the files of the audit log, newest entries first. There is no index, because the
 * files may be large and are asked seldom: one call reads {@value #MOST_BYTES} bytes at most, and
 * says where the next goes on. Any thread may call.
 */
public final class AuditSearch {
  static final long MOST_BYTES = 1 << 25;

  /** Entries are written a little later than they are made, and not quite in that order. */
  private static final Duration DISORDER = Duration.ofMinutes(1);

  /** Times are looked at each so many lines, to know when to end. */
  private static final int LINES_BETWEEN_TIMES = 256;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String AT = "{\"at\":\"";

  private final Path directory;
  private final long mostBytes;

  public AuditSearch(AuditSettings settings) {
    this(settings.directory(), MOST_BYTES);
  }

  AuditSearch(Path directory, long mostBytes) {
    this.directory = directory;
    this.mostBytes = mostBytes;
  }

  /**
   * Looks for entries.
   *
   * @throws UncheckedIOException if the files cannot be read
   */
  public AuditFindings find(AuditQuery query) {
    try {
      return new Search(query).find();
    } catch (IOException e) {
      throw new UncheckedIOException("the audit log cannot be read", e);
    }
  }

  private final class Search {
    private final AuditQuery query;
    private final List<String> words;
    private final List<JsonNode> found = new ArrayList<>();
    private long read;
    private Optional<Instant> searchedTo = Optional.empty();

    Search(AuditQuery query) {
      this.query = query;
      this.words =
          query.fields().entrySet().stream()
              .map(field -> text(field.getKey(), field.getValue()))
              .toList();
    }

    AuditFindings find() throws IOException {
      for (Map.Entry<LocalDate, Path> day : days().entrySet()) {
        if (isBefore(day.getKey())) {
          break;
        }
        Optional<AuditMark> next = look(day.getKey(), day.getValue());
        if (next.isPresent()) {
          return new AuditFindings(found, searchedTo, next);
        }
      }
      return new AuditFindings(found, searchedTo, Optional.empty());
    }

    private NavigableMap<LocalDate, Path> days() throws IOException {
      NavigableMap<LocalDate, Path> all = new TreeMap<>();
      try (Stream<Path> files = Files.list(directory)) {
        files.forEach(path -> AuditFiles.dayOf(path).ifPresent(day -> all.put(day, path)));
      }
      Optional<LocalDate> last =
          query.from().map(AuditMark::day).or(() -> query.until().map(Search::dayAfter));
      return last.map(day -> all.headMap(day, true)).orElse(all).descendingMap();
    }

    /** What was made before midnight may be written after it. */
    private static LocalDate dayAfter(Instant time) {
      return time.plus(DISORDER).atZone(ZoneOffset.UTC).toLocalDate();
    }

    private boolean isBefore(LocalDate day) {
      return query
          .since()
          .map(since -> day.isBefore(since.atZone(ZoneOffset.UTC).toLocalDate()))
          .orElse(false);
    }

    /** Looks through a file; says where to go on if it has not come to its beginning. */
    private Optional<AuditMark> look(LocalDate day, Path path) throws IOException {
      try (LinesBackwards lines = new LinesBackwards(path)) {
        Optional<AuditMark> from = query.from().filter(mark -> mark.day().equals(day));
        if (from.isPresent()) {
          lines.goTo(from.get().offset());
        } else if (query.until().isPresent()) {
          Instant late = query.until().get().plus(DISORDER);
          lines.goBefore(line -> timeOf(line).map(time -> time.isAfter(late)).orElse(false));
        }
        for (int count = 0; lines.previous(); count++) {
          String line = lines.line();
          if (count % LINES_BETWEEN_TIMES == 0) {
            Optional<Instant> time = timeOf(line);
            searchedTo = time.or(() -> searchedTo);
            if (time.isPresent() && isLongBefore(time.get())) {
              return Optional.empty();
            }
          }
          take(line);
          if (found.size() == query.limit() || read + lines.bytesRead() > mostBytes) {
            searchedTo = timeOf(line).or(() -> searchedTo);
            return Optional.of(new AuditMark(day, lines.place()));
          }
        }
        read += lines.bytesRead();
        return Optional.empty();
      }
    }

    private boolean isLongBefore(Instant time) {
      return query.since().map(since -> time.isBefore(since.minus(DISORDER))).orElse(false);
    }

    private void take(String line) {
      if (!words.stream().allMatch(line::contains)) {
        return;
      }
      try {
        JsonNode entry = JSON.readTree(line);
        Optional<Instant> time = timeOf(line);
        if (time.isPresent()
            && query.since().map(since -> !time.get().isBefore(since)).orElse(true)
            && query.until().map(until -> !time.get().isAfter(until)).orElse(true)
            && query.fields().entrySet().stream()
                .allMatch(field -> entry.path(field.getKey()).asText().equals(field.getValue()))
            && query.matches().test(entry)) {
          found.add(entry);
        }
      } catch (JsonProcessingException cutShort) {
        // by a crash, or being written: no entry
        return;
      }
    }
  }

  private static String text(String field, String value) {
    return JSON.createObjectNode().put(field, value).toString().replaceAll("^[{]|[}]$", "");
  }

  private static Optional<Instant> timeOf(String line) {
    int end = line.indexOf('"', AT.length());
    if (!line.startsWith(AT) || end < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.parse(line.substring(AT.length(), end)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
