package io.flowfi.retention;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * The events of an archive, read again. The files of several folders count together: each node may
 * have written its own. Files may overlap, as after a crash between a file and the removal.
 */
public final class ArchivedEvents {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A file, and from where on its events are needed. */
  private record Part(Path folder, ArchivedRange range, long from) {}

  private final List<Path> folders;

  /**
   * @param folders of one log each, as the archive names them
   */
  public ArchivedEvents(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /**
   * The events up to one of a log, file by file, oldest first and without gaps. A file that is
   * damaged throws {@link UncheckedIOException} when its turn comes.
   *
   * @param oldest the first event that the log still has
   * @throws IOException if the archive is of another log, has a gap, or does not reach up to there;
   *     the message is for the operator
   */
  public Iterable<List<LoggedEvent>> before(LogIdentity log, LogPosition oldest)
      throws IOException {
    List<Part> manifests = new ArrayList<>();
    for (Path folder : folders) {
      manifests.addAll(manifests(folder));
    }
    manifests.sort(Comparator.comparingLong(part -> part.range().first()));
    if (manifests.isEmpty()) {
      throw new IOException("there is no archive in " + folders);
    }
    List<Part> needed = new ArrayList<>();
    long next = manifests.get(0).range().first();
    for (Part part : manifests) {
      ArchivedRange range = part.range();
      if (!range.log().equals(log.text())) {
        throw new IOException(
            "the archive is of the log %s, and not of %s".formatted(range.log(), log));
      }
      if (range.first() > next && next < oldest.value()) {
        throw new IOException(
            "events %d to %d are in no file of the archive".formatted(next, range.first() - 1));
      }
      if (range.last() >= next && next < oldest.value()) {
        needed.add(new Part(part.folder(), range, next));
        next = range.last() + 1;
      }
    }
    if (next < oldest.value()) {
      throw new IOException(
          "the archive ends with event %d, and the log begins with %s".formatted(next - 1, oldest));
    }
    return () -> needed.stream().map(part -> events(part, oldest)).iterator();
  }

  private static List<Part> manifests(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder");
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Part> manifests = new ArrayList<>();
      for (Path file : files.filter(Archive::isManifest).toList()) {
        ArchivedRange range = JSON.readValue(file.toFile(), ArchivedRange.class);
        manifests.add(new Part(folder, range, range.first()));
      }
      return manifests;
    } catch (JsonProcessingException e) {
      throw new IOException("a manifest in " + folder + " cannot be read", e);
    }
  }

  /** A file has tens of thousands of events, a few megabytes. */
  private static List<LoggedEvent> events(Part part, LogPosition oldest) {
    ArchivedRange range = part.range();
    try {
      byte[] bytes = Files.readAllBytes(part.folder().resolve(range.file()));
      if (!HexFormat.of().formatHex(ArchiveFile.sha256().digest(bytes)).equals(range.sha256())) {
        throw Archive.damaged(range);
      }
      List<LoggedEvent> events = new ArrayList<>();
      long position = range.first();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(new ByteArrayInputStream(bytes)), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          LoggedEvent event = ArchiveFile.event(line);
          if (event.position().value() != position) {
            throw new IOException(range.file() + " has no event " + position);
          }
          if (position >= part.from() && position < oldest.value()) {
            events.add(event);
          }
          position++;
        }
      }
      if (position != range.last() + 1) {
        throw new IOException(range.file() + " has no event " + position);
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
