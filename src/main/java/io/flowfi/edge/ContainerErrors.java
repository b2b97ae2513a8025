package io.flowfi.edge;

import jakarta.servlet.ServletContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes problems of what the container refuses before it has found an application, where the
 * container lets us: on Tomcat. Elsewhere those answers stay the container's own.
 */
public interface ContainerErrors extends AutoCloseable {
  /**
   * Answers in the container's place from now on, until closed.
   *
   * <p>Never fails: an application whose container is not as expected serves without this.
   */
  static ContainerErrors takeOver(ServletContext context) {
    Logger log = LoggerFactory.getLogger(ContainerErrors.class);
    if (context.getServerInfo().startsWith("Apache Tomcat/")) {
      try {
        // named, not referenced: linking it fails in other containers
        return (ContainerErrors)
            Class.forName("io.flowfi.edge.tomcat.HostErrors")
                .getConstructor(ServletContext.class)
                .newInstance(context);
      } catch (ReflectiveOperationException | LinkageError unexpected) {
        log.warn(
            "malformed requests are answered by {} itself, not with problems",
            context.getServerInfo(),
            unexpected);
      }
    }
    return () -> log.debug("nothing to give back to the container");
  }

  /** Leaves the container as it was found. */
  @Override
  void close();
}
