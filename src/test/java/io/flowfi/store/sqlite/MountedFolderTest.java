package io.flowfi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flowfi.store.SqlStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data folders as an operator may have mounted them: where no program may run, and where no space
 * is left. In a process with mounts of its own.
 */
@Timeout(60)
class MountedFolderTest {
  private static final String[] OWN_MOUNTS = {"unshare", "--map-root-user", "--mount"};

  /** Mounts both folders, fills one of them, and runs the command that follows. */
  private static final String MOUNT =
      "mount -t tmpfs -o noexec tmpfs \"$0\" && mount -t tmpfs -o size=1m tmpfs \"$1\""
          + " && { cat /dev/zero > \"$1/filler\" 2>/dev/null; shift; exec \"$@\"; }";

  @TempDir Path directory;

  /** Opens stores in this order, and tells what comes of each: the driver loads a library once. */
  static final class Opening {
    private Opening() {}

    /**
     * Takes a folder that is mounted without programs, one that is full, and one for temporary
     * files.
     */
    public static void main(String[] folders) {
      System.setProperty("java.io.tmpdir", folders[0]);
      open(folders[0]);
      System.setProperty("java.io.tmpdir", folders[2]);
      open(folders[1]);
      open(folders[0]);
    }

    private static void open(String folder) {
      try (SqlStore store = EmbeddedStore.open(Path.of(folder, "data"))) {
        System.out.println("opened, head " + store.log().bounds().head());
      } catch (RuntimeException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void shouldUseAFolderWhereNoProgramMayRunAndSayWhatIsWrongWithAFullOne() throws Exception {
    assumeTrue(hasOwnMounts(), "this machine lets no process have mounts of its own");
    Path noPrograms = Files.createDirectory(directory.resolve("no-programs"));
    Path full = Files.createDirectory(directory.resolve("full"));
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    List<String> command = new ArrayList<>(List.of(OWN_MOUNTS));
    command.addAll(List.of("sh", "-c", MOUNT, noPrograms.toString(), full.toString()));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Opening.class.getName(),
            noPrograms.toString(),
            full.toString(),
            temporary.toString()));
    Path said = directory.resolve("said");
    Path logged = directory.resolve("logged");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(said.toFile())
            .redirectError(logged.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    List<String> lines = Files.readAllLines(said);
    assertThat(lines).as("%s", Files.readString(logged)).hasSize(3);
    assertThat(lines.get(0))
        .contains(noPrograms.resolve("data/tmp") + " does not let programs run")
        .contains(noPrograms + " does not let programs run")
        .contains("name one that allows it with the system property org.sqlite.tmpdir");
    assertThat(lines.get(1))
        .startsWith("the database in FLOWFI_DATA_DIR " + full.resolve("data") + " cannot be ")
        .containsPattern("no space left on its disk|its disk fails or is full|its disk has 0 left");
    assertThat(lines.get(2)).as("the library is loaded from elsewhere").isEqualTo("opened, head 0");
  }

  private static boolean hasOwnMounts() throws InterruptedException {
    List<String> command = new ArrayList<>(List.of(OWN_MOUNTS));
    command.addAll(List.of("sh", "-c", "mount -t tmpfs -o noexec tmpfs /mnt"));
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notInstalled) {
      return false;
    }
  }
}
