package io.flowfi.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import jakarta.servlet.ServletContext;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerErrorsTest {
  private final List<String> asked = new ArrayList<>();

  /** Of a container that says this of itself, and has nothing to offer. */
  private ServletContext context(String serverInfo) {
    return (ServletContext)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServletContext.class},
            (proxy, method, arguments) -> {
              asked.add(method.getName());
              return method.getName().equals("getServerInfo") ? serverInfo : null;
            });
  }

  @Test
  void shouldLeaveOtherContainersAlone() {
    assertThatCode(() -> ContainerErrors.takeOver(context("Payara Micro 6")).close())
        .doesNotThrowAnyException();
    assertThat(asked).containsOnly("getServerInfo");
  }

  @Test
  void shouldNotFailOnATomcatThatIsNotAsExpected() {
    assertThatCode(() -> ContainerErrors.takeOver(context("Apache Tomcat/99")).close())
        .doesNotThrowAnyException();
    assertThat(asked).contains("getAttribute");
  }
}
