package io.flowfi.app;

import io.flowfi.container.Containers;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.logs.OwnLog;
import io.flowfi.sse.RawClient;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/**
 * The application as {@link Deployment} registers it, with every filter in its place, on a Tomcat
 * in this process.
 */
final class DeployedServer implements AutoCloseable {
  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  private final Context context;
  private final OwnLog log = new OwnLog(InstantSource.system());
  private final Deployment deployment = new Deployment(new StreamEventTranslator());
  private Node node;

  /**
   * @param base an empty folder for Tomcat and for the data
   */
  DeployedServer(Path base, Map<String, String> variables) throws Exception {
    this(base, variables, "");
  }

  /**
   * @param contextPath where the application is; empty for the root
   */
  DeployedServer(Path base, Map<String, String> variables, String contextPath) throws Exception {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("relaxedPathChars", "{}"); // as in our server.xml
    tomcat.setConnector(connector);
    Path pages = Files.createDirectories(base.resolve("pages"));
    context = tomcat.addContext(contextPath, pages.toString());
    Tomcat.addServlet(context, "default", new DefaultServlet());
    context.addServletMappingDecoded("/", "default");
    Map<String, String> all = new HashMap<>(variables);
    all.put("FLOWFI_DATA_DIR", data(base).toString());
    context.addServletContainerInitializer(
        (classes, application) ->
            node = deployment.start(application, Containers.of(application), log),
        null);
    // the settings are those of the process, and read at the start only
    all.forEach(System::setProperty);
    try {
      tomcat.start();
    } finally {
      all.keySet().forEach(System::clearProperty);
    }
    if (node == null) {
      close();
      throw new IllegalStateException("the deployment failed");
    }
  }

  /** Where it keeps its data, if it is based there. */
  static Path data(Path base) {
    return base.resolve("data");
  }

  /**
   * Sends a request on a connection of its own and reads the head of the answer.
   *
   * @param headers whole lines without their ends
   */
  RawClient send(String requestLine, String body, String... headers) throws IOException {
    StringBuilder request = new StringBuilder(requestLine).append(" HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    if (!body.isEmpty()) {
      request.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return RawClient.exchange(port(), request.append("\r\n") + body);
  }

  Deployment deployment() {
    return deployment;
  }

  Node node() {
    return node;
  }

  int port() {
    return connector.getLocalPort();
  }

  /** In the order in which a request meets them. */
  List<Class<?>> filters() throws ReflectiveOperationException {
    List<Class<?>> filters = new ArrayList<>();
    for (FilterMap map : context.findFilterMaps()) {
      Filter link = context.findFilterDef(map.getFilterName()).getFilter();
      Field made = link.getClass().getDeclaredField("filter");
      made.setAccessible(true);
      filters.add(made.get(link).getClass());
    }
    return filters;
  }

  /** Ends as a container ends it: filters first. */
  @Override
  public void close() throws Exception {
    tomcat.stop();
    if (node != null) {
      node.close();
    }
    tomcat.destroy();
    log.close();
  }
}
