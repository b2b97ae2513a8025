package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class StartupTest {
  /** A container need not call a failed listener at the end: what stays holds our class loader. */
  @Test
  void shouldLeaveNothingBehindWhenTheStartFails() {
    Logger ours = Logger.getLogger("io.flowfi");
    List<Handler> before = List.of(ours.getHandlers());
    Startup startup = new Startup();
    assertThat(ours.getHandlers()).as("of our log").hasSize(before.size() + 1);
    ServletContext container =
        (ServletContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> "a container");
    assertThatThrownBy(() -> startup.contextInitialized(new ServletContextEvent(container)))
        .as("there is no CDI here")
        .isInstanceOf(RuntimeException.class);
    assertThat(ours.getHandlers()).containsExactlyElementsOf(before);
  }
}
