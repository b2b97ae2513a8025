package io.flowfi.container.tomcat;

import io.flowfi.container.Containers;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.EnumSet;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A real Tomcat with one servlet behind our filter for answers that are not read. */
final class FilteredTomcat {
  private FilteredTomcat() {}

  /** At any port of this machine. */
  static void start(Tomcat tomcat, Connector connector, Path base, HttpServlet servlet)
      throws LifecycleException {
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setBaseDir(base.toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    context.addServletContainerInitializer(
        (classes, application) ->
            application
                .addFilter("unread", Containers.of(application).unreadAnswers().orElseThrow())
                .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*"),
        null);
    Tomcat.addServlet(context, "servlet", servlet);
    context.addServletMappingDecoded("/*", "servlet");
    tomcat.start();
  }
}
