package io.flowfi.it;

import io.flowfi.servers.Needed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time of day of one server process, set by the library of {@code faketime}. The clock that
 * nobody sets goes on as it is, as on a machine whose time of day is set.
 */
public final class SettableClock implements AutoCloseable {
  private static final Path LIBRARIES = Path.of("/usr/lib");
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final Pattern OF_A_PROCESS =
      Pattern.compile("(?:sem.)?faketime_s(?:em|hm)_(\\d+)");

  private final Path library;
  private final Path offset;

  private SettableClock(Path library, Path folder) {
    this.library = library;
    this.offset = folder.resolve("clock");
    set(Duration.ZERO);
  }

  /**
   * One that is right. Where {@code faketime} is not installed the test is skipped; where {@code
   * FLOWFI_SERVERS} is {@code required}, it fails.
   */
  static SettableClock start() {
    Optional<Path> library = library();
    Needed.need(library.isPresent(), "not tested: faketime is not installed");
    return new SettableClock(library.get(), ServerProcess.newFolder("clock"));
  }

  /** In the folder of the machine's architecture, as Debian has it. */
  private static Optional<Path> library() {
    if (!Files.isDirectory(LIBRARIES)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(LIBRARIES, "*-linux-gnu*")) {
      for (Path folder : folders) {
        Path library = folder.resolve("faketime/libfaketimeMT.so.1");
        if (Files.isReadable(library)) {
          return Optional.of(library);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Variables of the process. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        offset.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        // otherwise every wait by that clock ends at once
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0",
        // files have the times that they were written at
        "NO_FAKE_STAT",
        "1");
  }

  /** Within a second the process has a time of day that is so much ahead of the real one. */
  void set(Duration ahead) {
    try {
      // a new file in one step: half of a number would be another time
      Path written = offset.resolveSibling("clock.new");
      Files.writeString(written, "%+d%n".formatted(ahead.toSeconds()));
      Files.move(written, offset, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes what the library has left of processes that have ended. */
  @Override
  public void close() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(SHARED_MEMORY, "*faketime_*")) {
      for (Path file : files) {
        Matcher name = OF_A_PROCESS.matcher(file.getFileName().toString());
        if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
