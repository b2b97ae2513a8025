package io.flowfi.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.store.UnreachableStoreException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a node waits for its database, and what its operator can do. */
class UnusableDatabaseTest {
  private static final PostgresSettings SETTINGS =
      PostgresSettings.parse("postgresql://flowfi:secret@db.example.com/flowfi");

  private static IllegalStateException because(Throwable failure) {
    return UnusableDatabase.because(SETTINGS, new IllegalStateException("wrapped", failure));
  }

  @ParameterizedTest
  @CsvSource({
    "08001, true, it does not answer",
    "08006, true, it does not answer",
    "57P01, true, it does not answer", // it ends
    "57P03, true, it does not answer", // it starts
    "53300, true, raise its max_connections",
    "55P03, true, another program holds it up",
    "57014, true, another program holds it up",
    "40001, true, another program holds it up",
    "40P01, true, another program holds it up",
    "28P01, false, it does not accept the user and password",
    "28000, false, it does not accept the user and password",
    "3D000, false, it does not exist; create it",
    "42501, false, the user may not create tables",
    "3F000, false, the user may not create tables",
    "08004, false, it does not take connections as DATABASE_URL wants them",
    "08P01, false, 'it, or a pooler before it, refuses the connection'",
    "42P07, false, its tables are not those of FlowFi Events; name an empty database",
    ", false, its tables are not those of FlowFi Events; name an empty database",
  })
  void shouldWaitForWhatMayPassAndSayWhatMustBeChanged(String state, boolean waits, String advice) {
    IllegalStateException error = because(new SQLException("as the server\nsays", state));
    assertThat(error instanceof UnreachableStoreException).isEqualTo(waits);
    assertThat(error)
        .hasMessageStartingWith(
            "the database of DATABASE_URL (postgresql://db.example.com/flowfi) cannot be used: ")
        .hasMessageContaining(advice)
        .hasMessageEndingWith(state == null ? "(wrapped)" : "(as the server says)");
  }

  /** It says nothing of a server that does not answer at all. */
  @Test
  void shouldWaitWhenAPoolHasNoConnectionInTime() {
    assertThat(because(new SQLTransientConnectionException("writer - not available")))
        .isInstanceOf(UnreachableStoreException.class)
        .hasMessageContaining("it does not answer");
    assertThat(because(new SQLTransientConnectionException("x", "28P01")))
        .isNotInstanceOf(UnreachableStoreException.class);
  }
}
