package io.flowfi.app;

import io.flowfi.container.ContainerErrors;
import io.flowfi.container.StopNotice;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.util.Optional;

/**
 * Where the container's life cycle meets ours: a node that cannot start makes the deployment fail.
 */
public final class Startup implements ServletContextListener {
  private final JerseyLog jerseyLog = new JerseyLog();
  private EventServer server;
  private Optional<ContainerErrors> errors = Optional.empty();
  private Optional<StopNotice> notice = Optional.empty();

  @Override
  public void contextInitialized(ServletContextEvent event) {
    try {
      server = CDI.current().select(Deployment.class).get().start(event.getServletContext());
      errors = ContainerErrors.takeOver(event.getServletContext());
      notice = StopNotice.ask(event.getServletContext(), server::drain);
    } catch (Throwable e) {
      // a container need not tell a listener that has failed of the end
      contextDestroyed(event);
      throw e;
    }
  }

  /** By then CDI may be gone, so the node is stopped without it. */
  @Override
  public void contextDestroyed(ServletContextEvent event) {
    try (Parts parts = new Parts()) {
      parts.add("log of Jersey", jerseyLog);
      errors.ifPresent(taken -> parts.add("error pages", taken::close));
      if (server != null) {
        parts.add("server", server);
      }
      notice.ifPresent(asked -> parts.add("notice of the stop", asked::close));
    }
  }
}
