package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.flowfi.container.Containers;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.logs.OwnLog;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only the last step of a start finds out is told in one line, as all before it. */
@Timeout(120)
class LateRefusalTest {
  @TempDir Path directory;

  /**
   * What comes of a deployment.
   *
   * @param meanwhile done when the node is put together and its filters are registered
   */
  private Throwable deployed(Map<String, String> variables, Runnable meanwhile) throws Exception {
    Map<String, String> all = new HashMap<>(variables);
    all.put("FLOWFI_DATA_DIR", directory.toString());
    ServletContext context =
        anything(
            ServletContext.class,
            method -> {
              if (method.getName().equals("addServlet")) { // the last one
                meanwhile.run();
                return anything(ServletRegistration.Dynamic.class, any -> null);
              }
              return method.getName().equals("addFilter")
                  ? anything(FilterRegistration.Dynamic.class, any -> null)
                  : "a container";
            });
    // the settings are those of the process, and read at the start only
    all.forEach(System::setProperty);
    try (OwnLog log = new OwnLog(InstantSource.system())) {
      return catchThrowable(
          () ->
              new Deployment(new StreamEventTranslator())
                  .start(context, Containers.of(context), log)
                  .close());
    } finally {
      all.keySet().forEach(System::clearProperty);
    }
  }

  private interface Answer {
    Object to(Method method);
  }

  private static <T> T anything(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(method)));
  }

  private static void assertOneLine(Throwable refusal) {
    assertThat(refusal).isInstanceOf(StartRefusedException.class).hasNoCause();
    assertThat(refusal.getStackTrace()).isEmpty();
    assertThat(refusal.getMessage()).doesNotContain("\n");
  }

  /** By another program, after it was seen to be free. */
  @Test
  void shouldNameThePortOfTheFiguresThatWasTakenMeanwhile() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket taken = new ServerSocket()) {
      int port = free.getLocalPort();
      free.close();
      Throwable refusal =
          deployed(
              Map.of("METRICS_PORT", Integer.toString(port)),
              () -> {
                try {
                  taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertOneLine(refusal);
      assertThat(refusal)
          .hasMessageStartingWith("FlowFi Events does not start: METRICS_PORT " + port + " of ")
          .hasMessageContaining("cannot be listened on: ");
    }
    assertThat(deployed(Map.of(), () -> {})).as("nothing of the first try is left open").isNull();
  }

  /** The node is open by then, and a container need not end what it could not deploy. */
  @Test
  void shouldLeaveNothingOpenIfTheContainerTakesNotAllOfIt() throws Exception {
    Throwable refusal =
        deployed(
            Map.of(),
            () -> {
              throw new UnsupportedOperationException("too late to register");
            });
    assertThat(refusal).hasMessage("too late to register");
    assertThat(deployed(Map.of(), () -> {})).isNull();
  }

  @Test
  void shouldNameWhatOpenTelemetryDoesNotTakeWithoutShowingIt() throws Exception {
    Throwable refusal =
        deployed(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "secret-and-no-address"), () -> {});
    assertOneLine(refusal);
    assertThat(refusal)
        .hasMessageStartingWith("FlowFi Events does not start: OpenTelemetry does not take")
        .hasMessageNotContaining("secret-and-no-address");
  }
}
