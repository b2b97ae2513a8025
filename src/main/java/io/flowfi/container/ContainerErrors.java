package io.flowfi.container;

import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * Makes problems of what the container refuses before it has found an application, where the
 * container lets us: on Tomcat. Elsewhere those answers stay the container's own.
 */
public interface ContainerErrors extends AutoCloseable {
  /**
   * Answers in the container's place from now on, until closed.
   *
   * <p>Never fails: an application whose container is not as expected serves without this.
   *
   * @return empty where the container does not let us
   */
  static Optional<ContainerErrors> takeOver(ServletContext context) {
    return TomcatPart.make(
        context,
        ContainerErrors.class,
        "HostErrors",
        "malformed requests are answered by it, not with problems",
        context);
  }

  /** Leaves the container as it was found. */
  @Override
  void close();
}
