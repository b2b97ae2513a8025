package io.flowfi.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library, which its driver first unpacks into a folder. Not every folder
 * works: data is often on a file system that is mounted {@code noexec}. So this first tries whether
 * a file there can be executed, which such a mount denies.
 */
final class NativeLibrary {
  private static final String FOLDER = "org.sqlite.tmpdir";
  private static final String OWN_LIBRARY = "org.sqlite.lib.path";

  /** More than the library needs. */
  private static final long LIBRARY_BYTES = 8L << 20;

  private static final String WAY_OUT =
      "; name one that allows it with the system property " + FOLDER + " (CATALINA_OPTS=-D...)";

  private static final String OTHER_LIBRARY =
      "; the driver has one for usual systems; name the folder of one for this system with the"
          + " system property "
          + OWN_LIBRARY
          + " (CATALINA_OPTS=-D...)";

  private NativeLibrary() {}

  /**
   * Loads it from the first folder that works, or from the one that the operator has set.
   *
   * @throws IllegalStateException if it cannot be loaded; the message names the folders
   */
  static void load(Path... folders) {
    if (System.getProperty(OWN_LIBRARY) != null) {
      loadFrom(System.getProperty(OWN_LIBRARY));
      return;
    }
    if (System.getProperty(FOLDER) != null) {
      // we try it ourselves, because the driver reports an unusable folder with stack traces
      loadFrom(usable(Path.of(System.getProperty(FOLDER))).toString());
      return;
    }
    String folder = usable(folders).toString();
    System.setProperty(FOLDER, folder);
    try {
      loadFrom(folder);
    } finally {
      // otherwise the next deployment in this process would take it for the operator's setting
      System.clearProperty(FOLDER);
    }
  }

  private static Path usable(Path... folders) {
    Map<Path, String> refused = new LinkedHashMap<>();
    for (Path folder : folders) {
      try {
        if (!allowsPrograms(folder)) {
          refused.put(folder, "does not let programs run, as if mounted noexec");
        } else if (Files.getFileStore(folder).getUsableSpace() < LIBRARY_BYTES) {
          refused.put(folder, "has no space left");
        } else {
          return folder;
        }
      } catch (IOException e) {
        refused.put(folder, "cannot be written to: " + UnusableStore.reason(e));
      }
    }
    StringBuilder message =
        new StringBuilder("there is no folder to load SQLite's native library from: ");
    refused.forEach((folder, why) -> message.append(folder).append(' ').append(why).append(", "));
    message.setLength(message.length() - 2);
    throw new IllegalStateException(message + WAY_OUT);
  }

  private static boolean allowsPrograms(Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, "flowfi-", ".probe");
    try {
      return probe.toFile().setExecutable(true) && Files.isExecutable(probe);
    } finally {
      Files.delete(probe);
    }
  }

  private static void loadFrom(String folder) {
    Throwable cause = null;
    try {
      if (SQLiteJDBCLoader.initialize()) {
        return;
      }
    } catch (Exception | LinkageError e) {
      cause = e;
    }
    throw new IllegalStateException(
        "SQLite's native library cannot be loaded from "
            + folder
            + (cause == null ? "" : ": " + UnusableStore.oneLine(cause.getMessage()))
            + OTHER_LIBRARY,
        cause);
  }
}
