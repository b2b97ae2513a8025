package io.flowfi.container.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.Container;
import io.flowfi.container.Containers;
import io.flowfi.sse.RawClient;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that asks for the notice, on a real Tomcat that is stopped. */
@Timeout(60)
class ServerStopNoticeTest {
  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  private final List<String> seen = new ArrayList<>();
  @TempDir private Path base;
  private List<LifecycleListener> before;

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    tomcat.setConnector(connector);
    tomcat.start();
    before = listeners();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  private List<LifecycleListener> listeners() {
    return List.of(tomcat.getServer().findLifecycleListeners());
  }

  private Context deploy(Runnable action) {
    Context context = new StandardContext();
    context.setName("");
    context.setPath("");
    context.setDocBase(base.toString());
    context.addLifecycleListener(new Tomcat.FixContextListener());
    context.addServletContainerInitializer(
        (classes, servletContext) -> servletContext.addListener(new Asks(action)), null);
    Tomcat.addServlet(context, "fine", new Fine());
    context.addServletMappingDecoded("/*", "fine");
    tomcat.getHost().addChild(context);
    return context;
  }

  /** As the application does it. */
  private final class Asks implements ServletContextListener {
    private final Runnable action;
    private Container.Undo notice;

    Asks(Runnable action) {
      this.action = action;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
      notice = Containers.of(event.getServletContext()).beforeStop(action);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      notice.close();
      seen.add("stopped");
    }
  }

  private static final class Fine extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("fine");
    }
  }

  /** A client that comes now. */
  private void visit() {
    String request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    try (RawClient client = RawClient.exchange(connector.getLocalPort(), request)) {
      seen.add("answered " + client.status());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void shouldComeWhileTheServerStillAccepts() throws Exception {
    deploy(this::visit);
    tomcat.stop();
    assertThat(seen).containsExactly("answered 200", "stopped");
    assertThat(listeners()).isEqualTo(before);
  }

  @Test
  void shouldNotKeepTheServerFromStoppingIfItIsDealtWithBadly() throws Exception {
    deploy(
        () -> {
          throw new IllegalStateException("a defect");
        });
    tomcat.stop();
    assertThat(tomcat.getServer().getState()).isEqualTo(LifecycleState.STOPPED);
    assertThat(seen).containsExactly("stopped");
  }

  @Test
  void shouldNotComeToAnApplicationThatHasStoppedNorHoldIt() throws Exception {
    for (int i = 0; i < 3; i++) {
      Context ours = deploy(() -> seen.add("notice"));
      assertThat(listeners()).hasSize(before.size() + 1).containsAll(before);
      WeakReference<LifecycleListener> listener =
          new WeakReference<>(listeners().get(before.size()));
      assertThat(listener.get()).isInstanceOf(ServerStopNotice.class);
      tomcat.getHost().removeChild(ours);
      assertThat(listeners()).isEqualTo(before);
      ours = null;
      await()
          .untilAsserted(
              () -> {
                System.gc();
                assertThat(listener.get()).isNull();
              });
    }
    deploy(() -> seen.add("notice"));
    tomcat.stop();
    assertThat(seen).containsExactly("stopped", "stopped", "stopped", "notice", "stopped");
  }
}
