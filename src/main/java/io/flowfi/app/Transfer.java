package io.flowfi.app;

import io.flowfi.cluster.NodeStore;
import io.flowfi.cluster.SharedStoreException;
import io.flowfi.config.Environment;
import io.flowfi.config.InvalidSettingException;
import io.flowfi.config.ServerSettings;
import io.flowfi.log.LogPurpose;
import io.flowfi.retention.ArchivedEvents;
import io.flowfi.store.LogExport;
import io.flowfi.store.LogImport;
import io.flowfi.store.SqlStore;
import io.flowfi.store.TransferProgress;
import io.flowfi.store.UnknownOutcomeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Moves a log between databases: a program of its own, beside the server. It reads the server's
 * variables.
 */
public final class Transfer {
  private static final String USAGE =
      """
      export FILE   writes a copy of the log of this database into a new file
      move FILE     the same, and takes the log's identity along: its clients go on where they are.
                    No server may run meanwhile, and none with this database afterwards
      import FILE   reads such a file into this database, which must be empty
      import FILE FOLDER...
                    the same, and puts the events of an archive (EVENT_ARCHIVE_DIR) before the
                    oldest of the file. A folder is that of the log, and has manifests
      The database is that of DATABASE_URL, or the embedded one in FLOWFI_DATA_DIR.""";

  private Transfer() {}

  /**
   * @param arguments what to do, the file, and folders
   */
  public static void main(String[] arguments) {
    Logger.getLogger("").setLevel(Level.WARNING);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.exit(run(arguments, new Environment(System.getenv(), Map.of()), out));
  }

  /**
   * @return the exit code: 0, or 1 with a line that says why, and that nothing was done if so
   */
  static int run(String[] arguments, Environment environment, PrintStream out) {
    boolean imports = arguments.length > 0 && arguments[0].equals("import");
    if (arguments.length < 2
        || !arguments[0].matches("export|move|import")
        || arguments.length > 2 && !imports) {
      out.println(USAGE);
      return 1;
    }
    Path file = Path.of(arguments[1]).toAbsolutePath();
    TransferProgress progress = new TransferProgress(out);
    try (SqlStore store = ServedLedger.store(ServerSettings.from(environment), LogPurpose.REAL)) {
      if (!arguments[0].equals("export")) {
        refuseWhileNodesRun(store);
      }
      switch (arguments[0]) {
        case "export" -> new LogExport(store, progress).copyTo(file);
        case "move" -> new LogExport(store, progress).moveTo(file);
        default -> read(new LogImport(store, progress), file, arguments);
      }
    } catch (UnknownOutcomeException e) {
      out.println(e.getMessage());
      return 1;
    } catch (IOException
        | InvalidSettingException
        | IllegalStateException
        | SharedStoreException e) {
      out.println("Nothing was done: " + e.getMessage());
      return 1;
    }
    out.println("Done.");
    return 0;
  }

  /** They would go on with the log that has moved, or with the identity of an empty one. */
  private static void refuseWhileNodesRun(SqlStore store) {
    List<String> nodes =
        store.cluster().map(with -> with.nodes().live()).orElse(List.of()).stream()
            .map(node -> node.report().name().orElse(node.report().id()))
            .toList();
    if (!nodes.isEmpty()) {
      throw new IllegalStateException(
          "nodes run with this database (%s): stop them first; one that was killed counts for %d s"
              .formatted(String.join(", ", nodes), NodeStore.SILENCE.toSeconds()));
    }
  }

  private static void read(LogImport target, Path file, String[] arguments) throws IOException {
    List<Path> folders = Stream.of(arguments).skip(2).map(Path::of).toList();
    if (folders.isEmpty()) {
      target.readFrom(file);
    } else {
      target.readFrom(file, new ArchivedEvents(folders)::before);
    }
  }
}
