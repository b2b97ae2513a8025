package io.flowfi.sse;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.container.Containers;
import io.flowfi.container.OutputMode;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.glassfish.jersey.servlet.ServletContainer;

/** A real Tomcat in this process, on a free port of the loopback address. */
public final class EmbeddedTomcat {
  /** The header that makes a request look as if its body came late. */
  public static final String LATE_BODY = "Late-Body";

  private final Tomcat tomcat = new Tomcat();
  private final Context context;
  private final Connector connector = new Connector();
  private volatile Runnable requestEnding = () -> {};
  private final Path base = Files.createTempDirectory("flowfi-tomcat-");

  public EmbeddedTomcat(EventStreams streams, OutputMode mode, Consumer<Connector> settings)
      throws IOException, LifecycleException {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    settings.accept(connector);
    tomcat.setConnector(connector);
    context = tomcat.addContext("", base.toString());
    ServletContainer jersey =
        new ServletContainer(
            streams.application(Containers.of(context.getServletContext()).outputs(mode)));
    Tomcat.addServlet(context, "jersey", jersey).setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "jersey");
    context.addServletContainerInitializer(
        (classes, application) -> {
          add(application, "late-body", new LateBody());
          add(application, "exchange", new ServletExchange.Keeper());
          add(
              application,
              "ending",
              (request, response, chain) -> {
                chain.doFilter(request, response);
                requestEnding.run();
              });
        },
        null);
    tomcat.start();
  }

  /** What each request's thread does after the application and before Tomcat has finished it. */
  public void whenRequestEnds(Runnable step) {
    requestEnding = step;
  }

  private static void add(ServletContext application, String name, Filter filter) {
    var registration = application.addFilter(name, filter);
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/*");
  }

  /** Dispatches such a request again, like a request with a late body. */
  private static final class LateBody extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      if (request.getHeader(LATE_BODY) != null
          && request.getDispatcherType() == DispatcherType.REQUEST) {
        request.startAsync(request, response).dispatch();
      } else {
        chain.doFilter(request, response);
      }
    }
  }

  public ServletContext application() {
    return context.getServletContext();
  }

  public int port() {
    return connector.getLocalPort();
  }

  public SocketWrapperBase<?> onlyConnection() throws ReflectiveOperationException {
    Method endpoint = AbstractProtocol.class.getDeclaredMethod("getEndpoint");
    endpoint.setAccessible(true);
    var connections =
        ((AbstractEndpoint<?, ?>) endpoint.invoke(connector.getProtocolHandler())).getConnections();
    assertThat(connections).hasSize(1);
    return connections.iterator().next();
  }

  /** Stops the application and leaves the connector running, as an undeployment does. */
  public void undeploy() throws LifecycleException {
    context.stop();
  }

  public void stop() throws LifecycleException, IOException {
    tomcat.stop();
    tomcat.destroy();
    try (Stream<Path> files = Files.walk(base)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
