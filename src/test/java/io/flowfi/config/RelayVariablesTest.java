package io.flowfi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.redis.RedisSettings;
import io.flowfi.relay.RelaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelayVariablesTest {
  private static final String SHARED = "postgresql://db/flowfi";

  @TempDir Path directory;

  private static Optional<RelaySettings> relay(String... namesAndValues) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      variables.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return RelayVariables.read(new Environment(variables, Map.of()));
  }

  private static RelaySettings shared(String variable, String value) {
    return relay("DATABASE_URL", SHARED, variable, value).orElseThrow();
  }

  @Test
  void shouldRelayWhereNodesShareADatabase() {
    assertThat(relay()).isEmpty();
    assertThat(relay("DATABASE_URL", "embedded")).isEmpty();
    assertThat(relay("DATABASE_URL", SHARED))
        .contains(new RelaySettings(Duration.ofMillis(250), Optional.empty()));
    assertThat(shared("LOG_POLL_INTERVAL", "2s").pollInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(shared("REDIS_URL", "redis://cache").redis())
        .contains(RedisSettings.parse("redis://cache", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "REDIS_URL, redis://cache",
    "REDIS_CA_FILE, /dev/null",
    "LOG_POLL_INTERVAL, 1s",
  })
  void shouldRefuseWhatHasNoEffectWithTheEmbeddedDatabase(String variable, String value) {
    assertThatThrownBy(() -> relay(variable, value))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(variable + " must be unset, or DATABASE_URL must name")
        .message()
        .doesNotContain(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://s3cret",
        "redis://:s3cret@",
        "redis://:s3cret@a,b",
        "redis://a:s3cret@b:0x1",
        "redis://a:s3cret@b:70000",
        "redis://a:s%zcret@b",
        "redis://s3cret@b",
        "redis://h/s3cret",
        "redis-sentinel://s3cret",
        "redis-cluster://s3cret/1",
        "s3cret"
      })
  void shouldSayWhatItAcceptsAndNeverWhatItGot(String url) {
    assertThatThrownBy(() -> shared("REDIS_URL", url))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("REDIS_URL must be redis://host:6379, ")
        .hasNoCause()
        .message()
        .doesNotContain("cret")
        .doesNotContain("\n");
  }

  @Test
  void shouldTakeCertificatesOnlyForTls() throws Exception {
    Path file = Files.createFile(directory.resolve("ca.pem"));
    assertThat(
            relay(
                    "DATABASE_URL",
                    SHARED,
                    "REDIS_URL",
                    "rediss://cache",
                    "REDIS_CA_FILE",
                    file.toString())
                .orElseThrow()
                .redis()
                .orElseThrow()
                .authorities())
        .contains(file.toAbsolutePath().normalize());
    assertThatThrownBy(() -> shared("REDIS_CA_FILE", file.toString()))
        .hasMessageStartingWith("REDIS_CA_FILE must come with");
    assertThatThrownBy(
            () ->
                relay(
                    "DATABASE_URL",
                    SHARED,
                    "REDIS_URL",
                    "redis://cache",
                    "REDIS_CA_FILE",
                    file.toString()))
        .hasMessageStartingWith("REDIS_CA_FILE must come with");
    assertThatThrownBy(
            () ->
                relay(
                    "DATABASE_URL",
                    SHARED,
                    "REDIS_URL",
                    "rediss://cache",
                    "REDIS_CA_FILE",
                    directory.resolve("none").toString()))
        .hasMessageStartingWith("REDIS_CA_FILE must be a readable file");
  }
}
