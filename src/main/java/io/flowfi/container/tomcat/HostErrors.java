package io.flowfi.container.tomcat;

import io.flowfi.container.Container;
import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.catalina.Pipeline;

/**
 * Keeps a {@link RefusedRequestValve} in the application's host.
 *
 * <p>It is behind the configured valves, so it answers first and they have nothing left to report.
 * Nothing is replaced, so nothing has to be restored. The configured valves still report what ours
 * does not answer: errors of other applications, and our own before the start and after the end.
 * The host outlives the application: as long as it holds the valve, it holds the application's
 * class loader.
 */
final class HostErrors implements Container.Undo {
  private final Pipeline pipeline;
  private final RefusedRequestValve valve;

  HostErrors(ServletContext application) {
    Context context = OurContext.of(application);
    pipeline = context.getParent().getPipeline();
    valve = new RefusedRequestValve(context);
    // Tomcat links a new valve from its predecessor before it links it to its successor, and
    // requests may be on their way through when an application is deployed into a running host.
    valve.setNext(pipeline.getBasic());
    pipeline.addValve(valve);
  }

  @Override
  public void close() {
    pipeline.removeValve(valve);
  }
}
