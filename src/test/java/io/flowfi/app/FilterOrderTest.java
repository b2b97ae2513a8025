package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request enters each room once on its way to its resource, by the filters as deployed. */
@Timeout(60)
class FilterOrderTest {
  /** Their filters only note something and pass on; docs/architecture.md says what. */
  private static final Set<String> NOTING = Set.of("web.wire", "web.access", "sse");

  @TempDir Path base;

  private static String roomOf(Class<?> filter) {
    return filter.getPackageName().replace("io.flowfi.", "");
  }

  @Test
  void shouldEnterEachRoomOnce() throws Exception {
    List<String> entered = new ArrayList<>();
    try (DeployedServer server = new DeployedServer(base, Map.of())) {
      List<Class<?>> filters = server.filters();
      assertThat(filters).hasSizeGreaterThan(15);
      for (Class<?> filter : filters) {
        String room = roomOf(filter);
        if (!NOTING.contains(room)
            && (entered.isEmpty() || !entered.get(entered.size() - 1).equals(room))) {
          entered.add(room);
        }
      }
    }
    assertThat(entered)
        .containsExactly("container.tomcat", "web.edge", "web.ops", "web.events", "app");
  }
}
