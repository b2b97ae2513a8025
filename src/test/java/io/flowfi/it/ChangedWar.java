package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.tools.ToolProvider;

/** The packaged WAR with another class in the place of one of ours. */
final class ChangedWar {
  private ChangedWar() {}

  /**
   * @param folder an empty one, for the WAR and what it is made of
   * @param className of the class that is replaced
   * @param source of the one that comes in its place
   */
  static Path with(Path folder, String className, String source) throws IOException {
    String file = className.replace('.', '/');
    Path java = folder.resolve(className.substring(className.lastIndexOf('.') + 1) + ".java");
    Files.writeString(java, source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                java.toString());
    assertThat(status).as("javac's, see above").isZero();
    Path war = folder.resolve("changed.war");
    Files.copy(Path.of(ServerProcess.setting("flowfi.war")), war);
    try (FileSystem inside = FileSystems.newFileSystem(war)) {
      Path ours = inside.getPath("WEB-INF/classes", file + ".class");
      assertThat(ours).exists();
      Files.copy(folder.resolve(file + ".class"), ours, StandardCopyOption.REPLACE_EXISTING);
    }
    return war;
  }
}
