package io.flowfi.app;

import com.fasterxml.jackson.databind.type.TypeFactory;
import io.flowfi.container.Container;
import io.flowfi.container.Containers;
import io.flowfi.logs.OwnLog;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.time.InstantSource;

/**
 * Connects the container's life cycle with ours: a node that cannot start makes the deployment
 * fail.
 */
public final class Startup implements ServletContextListener {
  private final JerseyLog jerseyLog = new JerseyLog();
  private final OwnLog log = new OwnLog(InstantSource.system());
  private Node node;
  private Container.Undo refusals = Container.Undo.NOTHING;
  private Container.Undo notice = Container.Undo.NOTHING;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    try {
      Container container = Containers.of(event.getServletContext());
      node =
          CDI.current()
              .select(Deployment.class)
              .get()
              .start(event.getServletContext(), container, log);
      refusals = container.answerRefusals();
      notice = container.beforeStop(node::drain);
    } catch (Throwable e) {
      // a container need not call a failed listener at the end
      contextDestroyed(event);
      throw e;
    }
  }

  /** By then CDI may be gone, so the node is stopped without it. */
  @Override
  public void contextDestroyed(ServletContextEvent event) {
    try (Parts parts = new Parts()) {
      parts.add("log", log);
      // Payara's Jackson remembers our types, and with them the class loader of each redeploy
      parts.add("types that Jackson remembers", TypeFactory.defaultInstance()::clearCache);
      parts.add("log of Jersey", jerseyLog);
      parts.add("error pages", refusals);
      if (node != null) {
        parts.add("server", node);
      }
      parts.add("notice of the stop", notice);
    }
  }
}
