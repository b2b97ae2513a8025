package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.container.Containers;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.logs.OwnLog;
import io.flowfi.store.sqlite.EmbeddedStore;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentTest {
  @TempDir Path directory;

  /** The process lives on: what stays open would keep the next deployment from the folder. */
  @Test
  void shouldLeaveNothingOpenWhenItCannotBeRegistered() {
    ServletContext context =
        (ServletContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("addFilter")) {
                    throw new LinkageError("of a test");
                  }
                  return method.getName().equals("getServerInfo") ? "a container" : null;
                });
    Deployment deployment = new Deployment(new StreamEventTranslator());
    System.setProperty("FLOWFI_DATA_DIR", directory.toString());
    try (OwnLog log = new OwnLog(InstantSource.system())) {
      assertThatThrownBy(() -> deployment.start(context, Containers.of(context), log))
          .isInstanceOf(LinkageError.class);
    } finally {
      System.clearProperty("FLOWFI_DATA_DIR");
    }
    assertThat(deployment.isBroken()).isTrue();
    EmbeddedStore.open(directory).close();
  }
}
