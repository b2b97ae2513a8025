package io.flowfi.app;

import io.flowfi.edge.ContainerErrors;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/**
 * Where the container's life cycle meets ours: a node that cannot start makes the deployment fail.
 */
public final class Startup implements ServletContextListener {
  private EventServer server;
  private ContainerErrors errors;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    server = CDI.current().select(Deployment.class).get().start(event.getServletContext());
    errors = ContainerErrors.takeOver(event.getServletContext());
  }

  /** By then CDI may be gone, so the node is stopped without it. */
  @Override
  public void contextDestroyed(ServletContextEvent event) {
    try {
      if (server != null) {
        server.close();
      }
    } finally {
      if (errors != null) {
        errors.close();
      }
    }
  }
}
