package io.flowfi.container;

import jakarta.servlet.ServletContext;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes what only works inside of Tomcat, if that is where we are. */
public final class TomcatPart {
  private static final Logger LOG = LoggerFactory.getLogger(TomcatPart.class);

  private TomcatPart() {}

  /** Whether Tomcat is where we are. */
  public static boolean isTomcat(ServletContext context) {
    return context.getServerInfo().startsWith("Apache Tomcat/");
  }

  /**
   * Never fails: an application whose container is not as expected does without.
   *
   * @param name of a class of {@code container.tomcat} with one public constructor
   * @param without what is the case without it, for the log
   */
  static <T> Optional<T> make(
      ServletContext context, Class<T> type, String name, String without, Object... arguments) {
    if (isTomcat(context)) {
      try {
        // named, not referenced: linking it fails in other containers
        Class<?> part = Class.forName("io.flowfi.container.tomcat." + name);
        return Optional.of(type.cast(part.getConstructors()[0].newInstance(arguments)));
      } catch (ReflectiveOperationException | LinkageError unexpected) {
        LOG.warn("{} is not as expected: {}", context.getServerInfo(), without, unexpected);
      }
    }
    return Optional.empty();
  }
}
