package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.store.UnreachableStoreException;
import io.flowfi.time.Clocks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node whose database does not answer when the application is deployed. */
@Timeout(60)
class NodeTest {
  @TempDir Path directory;

  private boolean answers;
  private Runnable filters = () -> {};
  private final Node node = new Node(this::opened, () -> filters.run());

  private EventServer opened() {
    if (!answers) {
      throw new UnreachableStoreException("the database does not answer", null);
    }
    return server();
  }

  private EventServer server() {
    Map<String, String> environment = Map.of("FLOWFI_DATA_DIR", directory.toString());
    return new EventServer(
        ServerSettings.from(new Environment(environment, Map.of())),
        new StreamEventTranslator(),
        Clocks.system());
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** It tries once a second. */
  private void awaitItsStart() {
    await()
        .until(
            () -> {
              node.tryAgain();
              return !node.waits();
            });
  }

  @Test
  void shouldStartWhenTheDatabaseAnswers() {
    node.open();
    assertThat(node.waits()).isTrue();
    assertThat(node.troubles().orElseThrow()).containsOnlyKeys("store");
    node.tryAgain();
    assertThat(node.server()).isNull();
    answers = true;
    awaitItsStart();
    await().until(node.server()::hasStarted);
    assertThat(node.troubles().orElseThrow()).isEmpty();
  }

  /** With any error, as one for want of memory, which would end a run of tests. */
  @Test
  void shouldLeaveNothingOpenWhenALateStartFails() {
    node.open();
    answers = true;
    filters =
        () -> {
          throw new InternalError("test");
        };
    awaitItsStart();
    assertThat(node.server()).as("only a restart repairs it").isNull();
    server().close(); // the folder is free
  }

  @Test
  void shouldNotStartOnceItIsClosed() {
    node.open();
    node.close();
    answers = true;
    assertThat(node.waits()).isTrue();
    await()
        .during(Duration.ofMillis(1200)) // longer than between two tries
        .until(
            () -> {
              node.tryAgain();
              return node.server() == null;
            });
  }

  @Test
  void shouldNotWaitForWhatOnlyARestartRepairs() {
    EventServer other = server();
    try {
      answers = true;
      assertThatThrownBy(node::open).hasMessageContaining("in use");
      assertThat(node.waits()).isFalse();
    } finally {
      other.close();
    }
  }
}
