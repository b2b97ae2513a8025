package io.flowfi.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.store.SqlStore;
import io.flowfi.store.StoreParts;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The times of events, compared with their order in the log. */
class EventTimeTest {
  @TempDir Path directory;
  private LedgerFixture fixture;

  @BeforeEach
  void open() {
    fixture = new LedgerFixture(directory);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** A writer that waited for another one comes after it, and must not date its events earlier. */
  @Test
  void shouldDateEventsAfterNobodyElseCanWrite() {
    fixture.ledger.close();
    try (SqlStore store = fixture.store) {
      DataSource slow =
          (DataSource)
              proxy(
                  DataSource.class,
                  StoreParts.writer(store),
                  result -> result instanceof Connection c ? waiting(c) : result);
      fixture = new LedgerFixture(store, slow, LedgerSettings.DEFAULT, () -> {});
      assertThat(fixture.run(LedgerFixture.create()).committedAt())
          .isEqualTo(LedgerFixture.START + 3);
      fixture.ledger.close();
    }
  }

  /** Waits three seconds before its first statement, which locks the head of the log. */
  private Object waiting(Connection connection) {
    AtomicBoolean waited = new AtomicBoolean();
    return proxy(
        Connection.class,
        connection,
        result -> {
          if (result instanceof Statement && !waited.getAndSet(true)) {
            fixture.now.addAndGet(3);
          }
          return result;
        });
  }

  private static Object proxy(Class<?> type, Object behind, UnaryOperator<Object> change) {
    return Proxy.newProxyInstance(
        EventTimeTest.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> change.apply(method.invoke(behind, arguments)));
  }

  private long commitAt(long clock) {
    fixture.now.set(LedgerFixture.START + clock);
    return fixture.run(LedgerFixture.create()).committedAt() - LedgerFixture.START;
  }

  @Test
  void shouldHoldItsTimeWhileTheClockIsSetBackALittle() {
    assertThat(commitAt(100)).isEqualTo(100);
    assertThat(commitAt(99)).isEqualTo(100);
    assertThat(commitAt(40)).isEqualTo(100);
    assertThat(commitAt(101)).isEqualTo(101);
  }

  @Test
  void shouldHoldItsTimeOverARestart() {
    assertThat(commitAt(100)).isEqualTo(100);
    fixture.close();
    fixture = new LedgerFixture(directory);
    assertThat(commitAt(70)).isEqualTo(100);
  }

  /** Amounts are computed from it: in the future they would pay what is not yet due. */
  @Test
  void shouldFollowAClockThatWasFarAhead() {
    assertThat(commitAt(100_000)).isEqualTo(100_000);
    assertThat(commitAt(10)).isEqualTo(10);
    assertThat(commitAt(5)).isEqualTo(10);
  }
}
