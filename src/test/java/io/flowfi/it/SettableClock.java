package io.flowfi.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.jar.asm.ClassReader;

/**
 * The time of day of one server process, see {@link ClockAgent}. The clock that nobody sets goes on
 * as it is, as on a machine whose time of day is set.
 */
public final class SettableClock {
  private final Path agent;
  private final Path ahead;

  private SettableClock(Path folder) throws IOException, URISyntaxException {
    ahead = folder.resolve("ahead");
    set(Duration.ZERO);
    Path shifted = folder.resolve("shifted.jar");
    write(shifted, new Manifest(), List.of(ShiftedTime.class));
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.putValue("Premain-Class", ClockAgent.class.getName());
    main.putValue("Can-Retransform-Classes", "true");
    main.putValue("Boot-Class-Path", shifted.toUri().getPath());
    main.putValue(
        "Class-Path",
        ClassReader.class.getProtectionDomain().getCodeSource().getLocation().toString());
    agent = folder.resolve("agent.jar");
    write(agent, manifest, List.of(ClockAgent.class));
  }

  /** One that is right. */
  static SettableClock start() {
    try {
      return new SettableClock(ServerProcess.newFolder("clock"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** With the classes inside of them. */
  private static void write(Path jar, Manifest manifest, List<Class<?>> types)
      throws IOException, URISyntaxException {
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      for (Class<?> type : types) {
        Path folder =
            Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolve(type.getPackageName().replace('.', '/'));
        try (var classes = Files.newDirectoryStream(folder, type.getSimpleName() + "*.class")) {
          for (Path each : classes) {
            out.putNextEntry(
                new JarEntry(type.getPackageName().replace('.', '/') + "/" + each.getFileName()));
            try (InputStream in = Files.newInputStream(each)) {
              in.transferTo(out);
            }
          }
        }
      }
    }
  }

  /** Variables of the process. */
  Map<String, String> environment() {
    return Map.of(
        "CATALINA_OPTS", ServerProcess.SHORT_LIVED + " -javaagent:" + agent + "=" + ahead);
  }

  /** Soon the process has a time of day that is so much ahead of the real one. */
  void set(Duration by) {
    try {
      // a new file in one step: half of a number would be another time
      Path written = ahead.resolveSibling("ahead.new");
      Files.writeString(written, Long.toString(by.toMillis()));
      Files.move(written, ahead, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
