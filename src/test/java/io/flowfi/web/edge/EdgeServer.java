package io.flowfi.web.edge;

import io.flowfi.sse.RawClient;
import io.flowfi.web.wire.RequestIdFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.AbstractProtocol;
import org.apache.coyote.Processor;
import org.apache.coyote.http2.Http2Protocol;

/** Filters in front of a servlet that reports what it sees, on a real Tomcat. */
final class EdgeServer implements AutoCloseable {
  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  private final Path base = Files.createTempDirectory("flowfi-edge-");

  EdgeServer(Filter... filters) throws Exception {
    this(connector -> {}, filters);
  }

  EdgeServer(Consumer<Connector> settings, Filter... filters) throws Exception {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxThreads", "4");
    connector.addUpgradeProtocol(new Http2Protocol());
    settings.accept(connector);
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    add(context, "request-id", new RequestIdFilter());
    for (int i = 0; i < filters.length; i++) {
      add(context, "filter-" + i, filters[i]);
    }
    Wrapper servlet = Tomcat.addServlet(context, "mirror", new Mirror());
    servlet.setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "mirror");
    tomcat.start();
  }

  private static void add(Context context, String name, Filter filter) {
    context.addServletContainerInitializer(
        (classes, servletContext) -> {
          var registration = servletContext.addFilter(name, filter);
          registration.setAsyncSupported(true);
          registration.addMappingForUrlPatterns(
              EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR),
              true,
              "/*");
        },
        null);
  }

  /** Reports what it sees; {@code /status/401} answers with that status, {@code /fail} fails. */
  private static final class Mirror extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String path = request.getRequestURI();
      if (path.startsWith("/status/")) {
        response.setStatus(Integer.parseInt(path.substring("/status/".length())));
        return;
      }
      if (path.equals("/fail")) {
        response.sendError(500);
        return;
      }
      ClientAddress client = ClientAddress.of(request);
      byte[] body = request.getInputStream().readAllBytes();
      String text =
          "%s|%s|%s|%s|%s|%d"
              .formatted(
                  request.getRemoteAddr(),
                  client.address(),
                  client.network(),
                  request.getScheme(),
                  request.isSecure(),
                  body.length);
      byte[] answer = text.getBytes(StandardCharsets.UTF_8);
      response.setContentLength(answer.length);
      response.getOutputStream().write(answer);
    }
  }

  /** Puts a file where the application's own are. */
  void file(String path, String content) throws IOException {
    Files.writeString(base.resolve(path), content);
  }

  int port() {
    return connector.getLocalPort();
  }

  /** The processors of suspended requests, which Tomcat checks once a second. */
  @SuppressWarnings("unchecked")
  Set<Processor> suspended() throws ReflectiveOperationException {
    Field waiting = AbstractProtocol.class.getDeclaredField("waitingProcessors");
    waiting.setAccessible(true);
    return (Set<Processor>) waiting.get(connector.getProtocolHandler());
  }

  RawClient connect() throws IOException {
    return RawClient.connect(port(), 0);
  }

  /**
   * Sends a request and reads the head of the answer.
   *
   * @param headers whole lines without their ends
   */
  RawClient send(String requestLine, String... headers) throws IOException {
    StringBuilder head =
        new StringBuilder(requestLine).append(" HTTP/1.1\r\nConnection: close\r\n");
    boolean hasHost = Stream.of(headers).anyMatch(header -> header.startsWith("Host:"));
    if (!hasHost) {
      head.append("Host: localhost\r\n");
    }
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return RawClient.exchange(port(), head.append("\r\n").toString());
  }

  int status(String requestLine, String... headers) throws IOException {
    try (RawClient client = send(requestLine, headers)) {
      return client.status();
    }
  }

  @Override
  public void close() throws Exception {
    tomcat.stop();
    tomcat.destroy();
    try (Stream<Path> files = Files.walk(base)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
