package io.flowfi.container.tomcat;

import io.flowfi.container.Containers;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.EnumSet;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A real Tomcat with one servlet behind filters. */
public final class FilteredTomcat {
  private FilteredTomcat() {}

  /** With our filter for answers that are not read. */
  static void start(Tomcat tomcat, Connector connector, Path base, HttpServlet servlet)
      throws LifecycleException {
    start(
        tomcat,
        connector,
        base,
        (classes, application) ->
            add(application, "unread", Containers.of(application).unreadAnswers().orElseThrow()),
        servlet);
  }

  /**
   * At any port of this machine.
   *
   * @param filters adds them
   */
  public static void start(
      Tomcat tomcat,
      Connector connector,
      Path base,
      ServletContainerInitializer filters,
      HttpServlet servlet)
      throws LifecycleException {
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setBaseDir(base.toString());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    context.addServletContainerInitializer(filters, null);
    Tomcat.addServlet(context, "servlet", servlet);
    context.addServletMappingDecoded("/*", "servlet");
    tomcat.start();
  }

  /** Adds one that sees every request. */
  public static void add(ServletContext application, String name, Filter filter) {
    application
        .addFilter(name, filter)
        .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*");
  }
}
