package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private final Properties before = (Properties) System.getProperties().clone();

  /** Those of the benchmark that is about to run do not count here. */
  @BeforeEach
  void tellNothing() {
    System.getProperties().keySet().removeIf(key -> key.toString().startsWith("bench."));
  }

  @AfterEach
  void restore() {
    System.setProperties(before);
  }

  @Test
  void shouldRunEverythingUnlessToldOtherwise() {
    Settings settings = Settings.fromSystemProperties();
    assertThat(settings.seconds()).isEqualTo(4);
    assertThat(settings.secondsAtARate()).as("not by chance").isEqualTo(12);
    assertThat(settings.connections()).isEqualTo(10_000);
    assertThat(settings.before()).isNull();
    assertThat(settings.hasRow(1) && settings.hasRow(19)).isTrue();
    assertThat(settings.hasServer("nchan")).isTrue();
    assertThat(settings.churn()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.commands()).isZero();
    assertThat(settings.profile() || settings.docs()).isFalse();
  }

  @Test
  void shouldTakeWhatItIsTold() {
    System.setProperty("bench.seconds", "20");
    System.setProperty("bench.connections", "500");
    System.setProperty("bench.rows", "1, 12,,");
    System.setProperty("bench.servers", "flowfi,nchan");
    System.setProperty("bench.before", "older.war");
    System.setProperty("bench.churn", "1h");
    System.setProperty("bench.commands", "10000000000");
    System.setProperty("bench.docs", "true");
    Settings settings = Settings.fromSystemProperties();
    assertThat(settings.secondsAtARate()).isEqualTo(20);
    assertThat(settings.connections()).isEqualTo(500);
    assertThat(settings.hasRow(1) && settings.hasRow(12)).isTrue();
    assertThat(settings.hasRow(2)).isFalse();
    assertThat(settings.hasServer("epoll")).isFalse();
    assertThat(settings.before()).isEqualTo(Path.of("older.war").toAbsolutePath());
    assertThat(settings.churn()).isEqualTo(Duration.ofHours(1));
    assertThat(settings.commands()).isEqualTo(10_000_000_000L);
    assertThat(settings.docs()).isTrue();
    assertThat(settings.withConnections(7))
        .extracting(Settings::connections, Settings::churn, Settings::rows)
        .containsExactly(7, Duration.ofHours(1), settings.rows());
  }

  @Test
  void shouldRefuseALengthWithoutAUnit() {
    System.setProperty("bench.churn", "90");
    assertThatThrownBy(Settings::fromSystemProperties).isInstanceOf(DateTimeParseException.class);
  }
}
