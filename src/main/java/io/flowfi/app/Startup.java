package io.flowfi.app;

import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;

/** Where the container's life cycle meets ours: a node that cannot start makes the deployment fail. */
public final class Startup implements ServletContextListener {
  private Deployment deployment;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    deployment = CDI.current().select(Deployment.class).get();
    deployment.start(event.getServletContext());
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    if (deployment != null) {
      deployment.stop();
    }
  }
}
