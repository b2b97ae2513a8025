package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class TomcatPartTest {
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
    assertThat(ContainerErrors.takeOver(context("Payara Micro 6"))).isEmpty();
    assertThat(StopNotice.ask(context("Payara Micro 6"), Assertions::fail)).isEmpty();
    assertThat(asked).containsOnly("getServerInfo");
  }

  @Test
  void shouldNotFailOnATomcatThatIsNotAsExpected() {
    assertThat(ContainerErrors.takeOver(context("Apache Tomcat/99"))).isEmpty();
    assertThat(asked).contains("getAttribute");
    asked.clear();
    assertThat(StopNotice.ask(context("Apache Tomcat/99"), Assertions::fail)).isEmpty();
    assertThat(asked).contains("getAttribute");
  }
}
