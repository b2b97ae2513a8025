package io.flowfi.container.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each supported Tomcat has everything that we look up, checked with its own jars. */
class InsidesIT {
  @ParameterizedTest
  @CsvSource({
    "flowfi.tomcat.home, Apache Tomcat/10.1.",
    "flowfi.tomcat11.home, Apache Tomcat/11.0."
  })
  void shouldBeInEverySupportedTomcat(String home, String version) throws Exception {
    try (URLClassLoader tomcat = loader(Path.of(System.getProperty(home)))) {
      assertThat(
              tomcat
                  .loadClass("org.apache.catalina.util.ServerInfo")
                  .getMethod("getServerInfo")
                  .invoke(null)
                  .toString())
          .startsWith(version);
      List<String> found = new ArrayList<>();
      List<String> missing = new ArrayList<>();
      for (Class<?> kind : List.of(Insides.Field.class, Insides.Method.class)) {
        Class<?> there = tomcat.loadClass(kind.getName());
        Method find = there.getDeclaredMethod("find");
        find.setAccessible(true);
        for (Object inside : there.getEnumConstants()) {
          try {
            found.add(inside + " " + find.invoke(inside));
          } catch (InvocationTargetException notThere) {
            missing.add(inside + ": " + notThere.getCause());
          }
        }
      }
      assertThat(missing).isEmpty();
      assertThat(found).hasSize(Insides.Field.values().length + Insides.Method.values().length);
    }
  }

  /** Only this Tomcat, the JDK and our classes. */
  private static URLClassLoader loader(Path home) throws IOException {
    List<URL> jars = new ArrayList<>();
    jars.add(Insides.class.getProtectionDomain().getCodeSource().getLocation());
    jars.add(home.resolve("bin/tomcat-juli.jar").toUri().toURL());
    try (DirectoryStream<Path> libraries = Files.newDirectoryStream(home.resolve("lib"), "*.jar")) {
      for (Path library : libraries) {
        jars.add(library.toUri().toURL());
      }
    }
    return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
