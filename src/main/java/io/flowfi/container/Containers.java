package io.flowfi.container;

import jakarta.servlet.ServletContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out which container we are in. */
public final class Containers {
  private static final Logger LOG = LoggerFactory.getLogger(Containers.class);

  /**
   * By the name that a container reports. Classes are named, not referenced: linking them fails in
   * other containers.
   */
  private static final Map<String, String> KNOWN =
      Map.of(
          "Apache Tomcat/", "io.flowfi.container.tomcat.TomcatContainer",
          "Payara", "io.flowfi.container.payara.PayaraContainer");

  private Containers() {}

  /** Never fails: an unexpected container is used like an unknown one. */
  public static Container of(ServletContext application) {
    String info = application.getServerInfo();
    for (Map.Entry<String, String> known : KNOWN.entrySet()) {
      if (info.contains(known.getKey())) {
        try {
          return (Container)
              Class.forName(known.getValue())
                  .getConstructor(ServletContext.class)
                  .newInstance(application);
        } catch (ReflectiveOperationException | LinkageError unexpected) {
          LOG.warn("{} is not as expected, and used like a container unknown", info, unexpected);
        }
      }
    }
    return new AnyContainer(application);
  }
}
