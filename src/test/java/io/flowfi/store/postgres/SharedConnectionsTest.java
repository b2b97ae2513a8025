package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flowfi.cluster.SharedStoreException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What nodes share while their database is away. */
class SharedConnectionsTest {
  private final AtomicInteger asked = new AtomicInteger();
  private boolean away;

  private DataSource source() {
    return of(
        DataSource.class,
        method -> {
          asked.incrementAndGet();
          if (away) {
            throw new SQLException("away", "08006");
          }
          return of(
              Connection.class,
              of ->
                  of.equals("prepareStatement") ? of(PreparedStatement.class, any -> null) : null);
        });
  }

  private interface Answer {
    Object to(String method) throws SQLException;
  }

  private static <T> T of(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(method.getName())));
  }

  /** Each request would wait until the database has not answered, and hold a thread meanwhile. */
  @Test
  void shouldLetNobodyWaitRightAfterAFailure() {
    SharedConnections connections = new SharedConnections(source());
    assertThat(connections.<String>run("", statement -> "one")).isEqualTo("one");
    asked.set(0);
    away = true;
    for (int i = 0; i < 1_000; i++) {
      assertThatThrownBy(() -> connections.<String>run("", statement -> "none"))
          .isInstanceOf(SharedStoreException.class)
          .hasRootCauseMessage("away");
    }
    // once, and again after each half second that this may take on a busy machine
    assertThat(asked.get()).isBetween(1, 100);
    away = false;
    await()
        .ignoreExceptionsInstanceOf(SharedStoreException.class)
        .untilAsserted(
            () -> assertThat(connections.<String>run("", statement -> "two")).isEqualTo("two"));
    // and no rest stays behind
    assertThat(connections.<String>run("", statement -> "three")).isEqualTo("three");
  }
}
