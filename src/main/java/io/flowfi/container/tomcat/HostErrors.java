package io.flowfi.container.tomcat;

import io.flowfi.container.Container;
import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.catalina.Pipeline;

/**
 * Keeps a {@link RefusedRequestValve} in the application's host.
 *
 * <p>It stands behind the valves that are configured, so it answers first and they find nothing
 * left to report. Nothing has to be replaced, so nothing has to be restored; what ours does not
 * answer (another application's errors, our own before the start and after the end) stays theirs.
 * The host outlives the application: as long as it held the valve, it would hold the application's
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
