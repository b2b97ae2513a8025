package io.flowfi.retention;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LoggedEvent;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with the events that were removed from one log: files of JSON lines, packed with gzip,
 * each with a manifest. A manifest is there only if its file is complete and on the disk. For one
 * thread.
 */
final class Archive {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MANIFEST = ".json";
  private static final Pattern NAME = Pattern.compile("events-([0-9]{18})-([0-9]{18})\\.json");
  private static final String UNFINISHED = ".tmp";
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path folder;
  private final LogIdentity log;

  private Archive(Path folder, LogIdentity log) {
    this.folder = folder;
    this.log = log;
  }

  /**
   * Opens or creates the folder of a log: several logs can share a parent.
   *
   * @throws UncheckedIOException if that fails; the message is a line for the operator
   */
  static Archive open(Path parent, LogIdentity log) {
    Path folder = parent.resolve(log.text());
    try {
      Files.createDirectories(folder);
      Path probe = Files.createTempFile(folder, "probe-", UNFINISHED);
      Files.delete(probe);
      return new Archive(folder, log);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "EVENT_ARCHIVE_DIR " + parent + " cannot be used: a folder cannot be written there", e);
    }
  }

  /**
   * The last position of the file that holds an event, if there is one: its file is read in full,
   * and must be what its manifest says.
   *
   * @throws IOException if it cannot be read or is damaged
   */
  Optional<LogPosition> archivedThrough(LogPosition position) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> manifest = files.filter(file -> holds(file, position)).findFirst();
      if (manifest.isEmpty()) {
        return Optional.empty();
      }
      ArchivedRange range = JSON.readValue(manifest.get().toFile(), ArchivedRange.class);
      check(range);
      return Optional.of(new LogPosition(range.last()));
    }
  }

  /** By its name: a folder may have thousands. */
  private static boolean holds(Path manifest, LogPosition position) {
    Matcher name = NAME.matcher(manifest.getFileName().toString());
    return name.matches()
        && Long.parseLong(name.group(1)) <= position.value()
        && position.value() <= Long.parseLong(name.group(2));
  }

  private void check(ArchivedRange range) throws IOException {
    MessageDigest digest = ArchiveFile.sha256();
    try (InputStream file =
        new DigestInputStream(Files.newInputStream(folder.resolve(range.file())), digest)) {
      file.transferTo(FileOutputStream.nullOutputStream());
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(range.sha256())) {
      throw damaged(range);
    }
  }

  static IOException damaged(ArchivedRange range) {
    return new IOException(
        range.file() + " in the archive is damaged: its SHA-256 is not that of its manifest");
  }

  static boolean isManifest(Path file) {
    return NAME.matcher(file.getFileName().toString()).matches();
  }

  /**
   * Writes events, and returns when they are on the disk.
   *
   * @param first where they begin
   * @param pages gives the events from a position on, none at the end
   * @return the last position written
   * @throws IOException if something of it cannot be written; nothing is left of it then
   */
  LogPosition write(LogPosition first, Function<LogPosition, List<LoggedEvent>> pages)
      throws IOException {
    removeAbandoned();
    Path unfinished = Files.createTempFile(folder, "events-", UNFINISHED);
    try {
      ArchivedRange range;
      try (ArchiveFile file = new ArchiveFile(unfinished)) {
        LogPosition next = first;
        for (List<LoggedEvent> page = pages.apply(next);
            !page.isEmpty();
            page = pages.apply(next)) {
          for (LoggedEvent event : page) {
            file.append(event, next);
            next = next.next();
          }
        }
        range = file.finish(log.text());
      }
      Files.move(unfinished, folder.resolve(range.file()), StandardCopyOption.ATOMIC_MOVE);
      write(range);
      return new LogPosition(range.last());
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private void write(ArchivedRange range) throws IOException {
    Path unfinished = Files.createTempFile(folder, "manifest-", UNFINISHED);
    try {
      try (FileOutputStream out = new FileOutputStream(unfinished.toFile())) {
        out.write(JSON.writeValueAsBytes(range));
        out.write('\n');
        out.getFD().sync();
      }
      sync(); // the name of the file, before there is a manifest for it
      Files.move(
          unfinished,
          folder.resolve(range.file().replace(ArchiveFile.SUFFIX, MANIFEST)),
          StandardCopyOption.ATOMIC_MOVE);
      sync();
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Makes the names in the folder durable. */
  private void sync() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** What a crash has left. Another node may just be writing. */
  private void removeAbandoned() throws IOException {
    Instant since = Instant.now().minus(ABANDONED);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(UNFINISHED)).toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException another) {
      // another node has removed it
    }
  }
}
