package io.flowfi.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which folder the driver's native library goes into. */
class NativeLibraryTest {
  @TempDir Path directory;

  @Test
  void shouldTakeTheNextFolderIfOneWillNotDoAndLeaveTheSettingAlone() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatCode(() -> NativeLibrary.load(directory.resolve("none"), file, directory))
        .doesNotThrowAnyException();
    assertThat(System.getProperty("org.sqlite.tmpdir")).isNull();
  }

  @Test
  void shouldNameEveryFolderAndTheWayOut() throws IOException {
    Path none = directory.resolve("none");
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() -> NativeLibrary.load(none, file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(none.toString())
        .hasMessageContaining(file.toString())
        .hasMessageContaining("org.sqlite.tmpdir")
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @Test
  void shouldTakeTheFolderTheOperatorNamesOrSayWhatIsWrongWithIt() {
    System.setProperty("org.sqlite.tmpdir", directory.toString());
    try {
      assertThatCode(() -> NativeLibrary.load(directory.resolve("none")))
          .doesNotThrowAnyException();
      System.setProperty("org.sqlite.tmpdir", directory.resolve("gone").toString());
      assertThatThrownBy(() -> NativeLibrary.load(directory))
          .hasMessageContaining(directory.resolve("gone").toString());
      assertThat(System.getProperty("org.sqlite.tmpdir")).endsWith("gone");
    } finally {
      System.clearProperty("org.sqlite.tmpdir");
    }
  }

  /**
   * The driver has a library for each usual system. It is loaded once in a class loader, so this
   * needs another one.
   */
  @Test
  void shouldSayWhatToDoWhereTheDriverHasNoLibraryForTheSystem() throws Exception {
    String processor = System.getProperty("os.arch");
    try (URLClassLoader fresh = freshClassLoader()) {
      Method open = fresh.loadClass(EmbeddedStore.class.getName()).getMethod("open", Path.class);
      System.setProperty("os.arch", "vax");
      assertThatThrownBy(() -> open.invoke(null, directory))
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("SQLite's native library cannot be loaded from " + directory)
          .hasMessageContaining("vax")
          .hasMessageContaining("system property org.sqlite.lib.path")
          .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
    } finally {
      System.setProperty("os.arch", processor);
    }
    EmbeddedStore.open(directory).close(); // the folder is unlocked
  }

  private static URLClassLoader freshClassLoader() throws IOException {
    List<URL> places = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
      places.add(Path.of(place).toUri().toURL());
    }
    return new URLClassLoader(places.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
