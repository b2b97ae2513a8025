package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A container that brings a Jersey of another edition is told so, before anything else happens: it
 * would report a successful deployment, and answer 404 to everything.
 */
class AnotherJerseyTest {
  private static final String VERSION = "org/glassfish/jersey/internal/build.properties";

  @TempDir Path directory;

  /** Our classes, and Jersey's with another file in which it says its version. */
  private static final class OfContainer extends URLClassLoader {
    private final URL version;

    OfContainer(Path version) throws MalformedURLException {
      super(classPath(), ClassLoader.getPlatformClassLoader());
      this.version = version.toUri().toURL();
    }

    private static URL[] classPath() {
      return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(
              entry -> {
                try {
                  return Path.of(entry).toUri().toURL();
                } catch (MalformedURLException e) {
                  throw new IllegalStateException(e);
                }
              })
          .toArray(URL[]::new);
    }

    @Override
    public URL getResource(String name) {
      return name.equals(VERSION) ? version : super.getResource(name);
    }
  }

  /**
   * What comes of a start. Without a Jersey to refuse it goes on, and fails without a container.
   */
  private Throwable startWith(String properties) throws Exception {
    Path version = Files.writeString(directory.resolve("build.properties"), properties);
    try (OfContainer container = new OfContainer(version)) {
      Class<?> context = container.loadClass("jakarta.servlet.ServletContext");
      Object application =
          Proxy.newProxyInstance(
              container,
              new Class<?>[] {context},
              (proxy, method, arguments) ->
                  method.getName().equals("getServerInfo") ? "Payara Micro #badassfish" : null);
      Class<?> type = container.loadClass("io.flowfi.app.Deployment");
      Constructor<?> constructor =
          type.getConstructor(container.loadClass("io.flowfi.frames.StreamEventTranslator"));
      Method start =
          type.getDeclaredMethod(
              "start",
              context,
              container.loadClass("io.flowfi.container.Container"),
              container.loadClass("io.flowfi.logs.OwnLog"));
      start.setAccessible(true);
      Object deployment = constructor.newInstance((Object) null);
      return catchThrowable(
          () -> {
            try {
              start.invoke(deployment, application, null, null);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"4.0.0", "4.0.0-M2", "4.1.0.payara-p1", "3.0.17", "3.10.0", "2.47"})
  void shouldRefuseAContainerThatBringsAnother(String version) throws Exception {
    Throwable refusal = startWith("Build-Version: " + version);
    assertThat(refusal.getClass().getName()).isEqualTo(StartRefusedException.class.getName());
    assertThat(refusal)
        .hasMessageContaining("needs Jersey 3.1 (Jakarta EE 10)")
        .hasMessageContaining("Payara Micro #badassfish brings Jersey " + version + ";")
        .hasMessageEndingWith("Payara 6, Tomcat 10.1 and Tomcat 11 are supported");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Build-Version:"})
  void shouldRefuseOneThatDoesNotSayWhich(String properties) throws IOException, Exception {
    assertThat(startWith(properties))
        .hasMessageContaining("Payara Micro #badassfish brings Jersey of an unknown version;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.1.0", "3.1.12", "3.1.10.payara-p1"})
  void shouldGoOnWithEveryJerseyOfItsOwnEdition(String version) throws Exception {
    assertThat(startWith("Build-Version: " + version))
        .isNotNull()
        .extracting(thrown -> String.valueOf(thrown.getMessage()))
        .asString()
        .doesNotContain("Jersey");
  }
}
