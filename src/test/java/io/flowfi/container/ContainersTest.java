package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.output.AsyncOutputs;
import io.flowfi.output.OutputAdapter;
import io.flowfi.output.Suspension;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainersTest {
  private final List<String> asked = new ArrayList<>();

  /** A container with this name and no special functions. */
  private Container container(String serverInfo) {
    return Containers.of(
        (ServletContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> {
                  asked.add(method.getName());
                  return method.getName().equals("getServerInfo") ? serverInfo : null;
                }));
  }

  @ParameterizedTest
  @CsvSource({
    "Apache Tomcat/10.1.59, TomcatContainer, true",
    "Apache Tomcat/11.0.24, TomcatContainer, true",
    "Payara Micro #badassfish, PayaraContainer, false",
    "Payara Server  6.2025.10, PayaraContainer, false",
    "jetty/12.0.0, AnyContainer, false"
  })
  void shouldBeKnownByWhatTheySayOfThemselves(
      String serverInfo, String type, boolean suspendsSafely) {
    Container container = container(serverInfo);
    assertThat(container.getClass().getSimpleName()).isEqualTo(type);
    assertThat(container.suspendsSafely()).isEqualTo(suspendsSafely);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Payara Micro 6", "jetty/12.0.0"})
  void shouldLeaveOtherContainersThanTomcatAlone(String serverInfo) {
    Container container = container(serverInfo);
    assertThat(container.answerRefusals()).isSameAs(Container.Undo.NOTHING);
    assertThat(container.beforeStop(Assertions::fail)).isSameAs(Container.Undo.NOTHING);
    assertThat(container.unreadAnswers()).isEmpty();
    assertThat(asked).containsOnly("getServerInfo");
  }

  @Test
  void shouldNotFailOnATomcatThatIsNotAsExpected() {
    Container container = container("Apache Tomcat/99");
    assertThat(container.answerRefusals()).isSameAs(Container.Undo.NOTHING);
    assertAsked();
    assertThat(container.beforeStop(Assertions::fail)).isSameAs(Container.Undo.NOTHING);
    assertAsked();
    assertThat(container.unreadAnswers()).isEmpty();
    assertAsked();
  }

  private void assertAsked() {
    assertThat(asked).contains("getAttribute");
    asked.clear();
  }

  @Test
  void shouldUseTheServletApiOutsideTomcat() {
    for (String serverInfo : List.of("Payara Micro", "jetty/12.0.0")) {
      assertThat(container(serverInfo).outputs(OutputMode.AUTO)).isInstanceOf(AsyncOutputs.class);
    }
    assertThat(container("Apache Tomcat/10.1.59").outputs(OutputMode.ASYNC))
        .isInstanceOf(AsyncOutputs.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Payara Micro", "jetty/12.0.0"})
  void shouldRefuseToDetachOutsideTomcat(String serverInfo) {
    Container container = container(serverInfo);
    assertThatThrownBy(() -> container.outputs(OutputMode.DETACHED))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("SSE_OUTPUT=detached")
        .hasMessageContaining(serverInfo);
  }

  @Test
  void shouldDetachOnTomcat() {
    assertThat(container("Apache Tomcat/11.0.24").outputs(OutputMode.DETACHED).toString())
        .contains("DetachedOutputs");
  }

  /** Tomcat loses answers of requests with another time-out, see {@link Suspension}. */
  @ParameterizedTest
  @CsvSource({"Apache Tomcat/10.1.59, true", "Payara Micro, false", "jetty/12.0.0, false"})
  void shouldSuspendEventStreamsForEver(String serverInfo, boolean longerThanTheClock) {
    List<Long> timeouts = new ArrayList<>();
    AsyncContext context =
        proxy(
            AsyncContext.class,
            (method, arguments) -> {
              if (method.getName().equals("setTimeout")) {
                timeouts.add((Long) arguments[0]);
              }
              return null;
            });
    HttpServletRequest request =
        proxy(
            HttpServletRequest.class,
            (method, arguments) -> method.getName().equals("startAsync") ? context : null);
    OutputAdapter outputs = container(serverInfo).outputs(OutputMode.ASYNC);

    assertThatThrownBy(() -> outputs.open(request, null, null))
        .as("there is no response")
        .isInstanceOf(RuntimeException.class);

    assertThat(timeouts).singleElement().isNotNull();
    assertThat(timeouts.get(0) > System.currentTimeMillis()).isEqualTo(longerThanTheClock);
    assertThat(timeouts.get(0) == 0).isNotEqualTo(longerThanTheClock);
  }

  private static <T> T proxy(Class<T> type, BiFunction<Method, Object[], Object> answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.apply(method, arguments)));
  }
}
