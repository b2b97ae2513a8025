package io.flowfi.container.tomcat;

import io.flowfi.container.Container;
import jakarta.servlet.ServletContext;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleEvent;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to Tomcat's {@code Server}, which announces every stop before it begins. Its services
 * then first pause their connectors, and after that stop the applications: the kernel accepts a
 * client that comes in between, but nobody answers it.
 *
 * <p>The server outlives the application: as long as it holds the listener, it holds the
 * application's class loader.
 */
final class ServerStopNotice implements Container.Undo, LifecycleListener {
  private static final Logger LOG = LoggerFactory.getLogger(ServerStopNotice.class);

  private final Server server;
  private final Runnable action;

  ServerStopNotice(ServletContext application, Runnable action) {
    this.action = action;
    server = OurContext.serviceOf(application).getServer();
    server.addLifecycleListener(this);
  }

  @Override
  public void lifecycleEvent(LifecycleEvent event) {
    if (!Lifecycle.BEFORE_STOP_EVENT.equals(event.getType())) {
      return;
    }
    try {
      action.run();
    } catch (RuntimeException | LinkageError failed) {
      // otherwise Tomcat would leave all its applications running
      LOG.error("the notice that the server stops was not dealt with", failed);
    }
  }

  @Override
  public void close() {
    server.removeLifecycleListener(this);
  }
}
