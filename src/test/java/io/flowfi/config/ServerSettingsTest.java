package io.flowfi.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.container.OutputMode;
import io.flowfi.indexer.IndexerSettings;
import io.flowfi.it.TestAddresses;
import io.flowfi.payment.Address;
import io.flowfi.retention.RetentionSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerSettingsTest {
  private static ServerSettings settings(Map<String, String> variables) {
    return ServerSettings.from(new Environment(variables, Map.of()));
  }

  @Test
  void shouldStartWithNothingSet() {
    ServerSettings settings = settings(Map.of());
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("data").toAbsolutePath());
    assertThat(settings.output()).isEqualTo(OutputMode.AUTO);
    assertThat(settings.limits().total()).isEqualTo(10_000);
    assertThat(settings.limits().perAddress()).isEqualTo(100);
    assertThat(settings.limits().perUser()).isEqualTo(20);
    assertThat(settings.fanOut().heartbeatInterval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(settings.fanOut().stallTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.drain()).isEqualTo(new DrainSettings(Duration.ZERO, Duration.ZERO));
  }

  @Test
  void shouldTakeEveryVariable() {
    ServerSettings settings =
        settings(
            Map.of(
                "PORT", "8080",
                "FLOWFI_BIND", "0.0.0.0",
                "DATABASE_URL", "embedded",
                "EVENT_RETENTION", "unlimited",
                "RATE_LIMIT", "off",
                "FLOWFI_DATA_DIR", "/var/lib/flowfi/../flowfi",
                "SSE_HEARTBEAT_INTERVAL", "2s",
                "SSE_STALL_TIMEOUT", "2m",
                "SSE_OUTPUT", "async",
                "MAX_SSE_CONNECTIONS", " 7 "));
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("/var/lib/flowfi"));
    assertThat(settings.output()).isEqualTo(OutputMode.ASYNC);
    assertThat(settings.limits().total()).isEqualTo(7);
    assertThat(settings.fanOut().heartbeatInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.fanOut().stallTimeout()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void shouldKnowWhereTheOtherNodesReachIt() {
    assertThat(settings(Map.of()).nodeUrl()).isEmpty();
    assertThat(settings(Map.of("NODE_URL", "http://10.0.0.5:3001/")).nodeUrl())
        .contains(URI.create("http://10.0.0.5:3001"));
    assertThat(settings(Map.of("NODE_URL", "https://[fd00::5]/flowfi//")).nodeUrl())
        .contains(URI.create("https://[fd00::5]/flowfi"));
  }

  @Test
  void shouldTakeTheTimesOfADrain() {
    assertThat(settings(Map.of("DRAIN_DELAY", "15s", "DRAIN_WINDOW", "1m")).drain())
        .isEqualTo(new DrainSettings(Duration.ofSeconds(15), Duration.ofMinutes(1)));
    for (String variable : new String[] {"DRAIN_DELAY", "DRAIN_WINDOW"}) {
      for (String wrong : new String[] {"15", "-1s", "601s", "soon"}) {
        assertThatThrownBy(() -> settings(Map.of(variable, wrong)))
            .isInstanceOf(InvalidSettingException.class)
            .hasMessageContaining(variable)
            .hasMessageContaining("between 0s and 600s");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "[::1]", "::", "localhost"})
  void shouldListenOnAnyAddressOfThisMachine(String address) {
    assertThatCode(() -> settings(Map.of("FLOWFI_BIND", address))).doesNotThrowAnyException();
  }

  @Test
  void shouldLetASystemPropertyWin() {
    Environment environment =
        new Environment(
            Map.of("MAX_SSE_CONNECTIONS", "5", "MAX_SSE_CONNECTIONS_PER_IP", "6"),
            Map.of("MAX_SSE_CONNECTIONS", "7", "java.version", "17"));
    assertThat(ServerSettings.from(environment).limits().total()).isEqualTo(7);
    assertThat(ServerSettings.from(environment).limits().perAddress()).isEqualTo(6);
  }

  @Test
  void shouldTakeABlankValueForNone() {
    assertThatCode(() -> settings(Map.of("REDIS_URL", "", "JWT_SECRET", "  ", "PORT", "")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PORT | http | whole number between 1 and 65535",
        "PORT | 0 | whole number between 1 and 65535",
        "PORT | 65536 | whole number between 1 and 65535",
        "PORT | 3001.5 | whole number",
        "FLOWFI_BIND | 127.0.0 .1 | an address of this machine",
        "FLOWFI_BIND | localhost:3001 | an address of this machine",
        "FLOWFI_BIND | http://localhost | an address of this machine",
        "FLOWFI_MAX_SOCKETS | plenty | whole number between 1 and",
        "FLOWFI_HTTP_THREADS | 0 | whole number between 1 and",
        "MAX_SSE_CONNECTIONS | 0 | whole number between 1 and",
        "MAX_SSE_CONNECTIONS_PER_IP | -1 | whole number between 1 and",
        "MAX_SSE_CONNECTIONS_PER_USER | many | whole number between 1 and",
        "SSE_HEARTBEAT_INTERVAL | 15 | such as 15s, 2m or 500ms",
        "SSE_HEARTBEAT_INTERVAL | 1999ms | between 2s and 60s",
        "SSE_HEARTBEAT_INTERVAL | 61s | between 2s and 60s",
        "SSE_STALL_TIMEOUT | soon | such as 15s, 2m or 500ms",
        "SSE_STALL_TIMEOUT | -5s | such as 15s, 2m or 500ms",
        "SSE_STALL_TIMEOUT | 11m | between 100ms and 600s",
        "SSE_STALL_TIMEOUT | 999999999h | between 100ms and 600s",
        "SSE_OUTPUT | upgrade | one of auto, detached, async",
        "SSE_OUTPUT | ASYNC | one of auto, detached, async",
        "RATE_LIMIT | maybe | one of on, off",
        "RATE_LIMIT_REQUESTS | 0 | whole number between 1 and",
        "RATE_LIMIT_CONNECTS | few | whole number between 1 and",
        "RATE_LIMIT_COMMANDS | -1 | whole number between 1 and",
        "RATE_LIMIT_AUTH_FAILURES | 1.5 | whole number between 1 and",
        "TRUSTED_PROXIES | 0.0.0.0/0 | 10.0.0.0/8",
        "TRUSTED_PROXIES | proxy.internal | 10.0.0.0/8",
        "CORS_ALLOWED_ORIGINS | * | https://app.example.com",
        "CORS_ALLOWED_ORIGINS | https://a.example/ | https://app.example.com",
        "NODE_URL | 10.0.0.5:3001 | such as http://10.0.0.5:3001",
        "NODE_URL | ftp://10.0.0.5 | such as http://10.0.0.5:3001",
        "NODE_URL | http://a:b@10.0.0.5 | without a query or a password",
        "NODE_URL | http://10.0.0.5/?a=b | without a query or a password",
        "METRICS_PORT | 0 | whole number between 1 and 65535",
        "METRICS_PORT | 3001 | another port than PORT",
        "METRICS_BIND | 127.0.0.1 | unset without METRICS_PORT",
        "AUDIT_RETENTION | 0d | days such as 90d",
        "AUDIT_RETENTION | 24h | days such as 90d",
        "EVENT_RETENTION | 24h | days such as 90d",
        "EVENT_RETENTION | 0d | a number of events of at least 10000",
        "EVENT_RETENTION | 9999 | a number of events of at least 10000",
        "EVENT_RETENTION | 90d,30d | or both: 90d,1000000",
        "EVENT_RETENTION | 90d, | or both: 90d,1000000",
        "EVENT_RETENTION | unlimited,90d | or both: 90d,1000000",
        "EVENT_ARCHIVE_DIR | /archive | unset without EVENT_RETENTION",
        "FLOWFI_DATA_DIR | a\0b | path of a directory",
        "DATABASE_URL | mysql://u:pw@host/db | 'embedded', or begin with postgresql:// or jndi:",
        "DATABASE_URL | postgresql://u:pw@host | postgresql://user:password@host:port/database",
        "DATABASE_URL | postgresql://u:p@w@host/db | with % codes for special characters",
        "DATABASE_URL | jndi:ldap://host/x | postgresql://user:password@host:port/database",
        "STREAM_CONTRACT_ID | CDLZ | address of a contract",
        "STREAM_CONTRACT_ID | GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7 | address of a contract"
      })
  void shouldNameTheVariableAndWhatItAccepts(String variable, String value, String accepts) {
    assertThatThrownBy(() -> settings(Map.of(variable, value)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(variable + " must be ")
        .hasMessageContaining(accepts)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SOROBAN_RPC_URL | https://rpc.example/s3cret | STREAM_CONTRACT_ID",
        "INDEXER_START_LEDGER | 7 | SOROBAN_RPC_URL",
        "INDEXER_POLL_INTERVAL | 1s | SOROBAN_RPC_URL",
        "INDEXER_RECONCILE_INTERVAL | off | SOROBAN_RPC_URL"
      })
  void shouldNameTheVariableThatAnotherNeeds(String variable, String value, String other) {
    assertThatThrownBy(() -> settings(Map.of(variable, value)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(variable + " must come with " + other)
        .message()
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SOROBAN_RPC_URL | ftp://s3cret@rpc.example | 1 to 10 different addresses",
        "SOROBAN_RPC_URL | https://a.example/s3cret,https://a.example/s3cret | 1 to 10 different",
        "INDEXER_START_LEDGER | 0 | whole number between 1 and",
        "INDEXER_START_LEDGER | latest | whole number between 1 and",
        "INDEXER_START_LEDGER | 1000000000 | whole number between 1 and 999999999",
        "INDEXER_POLL_INTERVAL | 5 | a duration such as",
        "INDEXER_POLL_INTERVAL | 2m | between 50ms and 60s",
        "INDEXER_POLL_INTERVAL | 49ms | between 50ms and 60s",
        "INDEXER_RECONCILE_INTERVAL | 9s | between 10s and",
        "INDEXER_RECONCILE_INTERVAL | 169h | between 10s and"
      })
  void shouldNameWhatAnIndexersVariableAccepts(String variable, String value, String accepts) {
    assertThatThrownBy(() -> settings(following(Map.of(variable, value))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith(variable + " must be ")
        .hasMessageContaining(accepts)
        .message()
        .doesNotContain("s3cret");
  }

  private static Map<String, String> following(Map<String, String> more) {
    Map<String, String> all = new HashMap<>();
    all.put("STREAM_CONTRACT_ID", TestAddresses.contract(7));
    all.put("SOROBAN_RPC_URL", "https://one.example, http://key@two.example:8000/rpc");
    all.putAll(more);
    return all;
  }

  @Test
  void shouldFollowTheChainOnlyIfToldWhere() {
    assertThat(settings(Map.of("STREAM_CONTRACT_ID", TestAddresses.contract(7))).rpc()).isEmpty();
    ServerSettings told =
        settings(
            following(
                Map.of(
                    "INDEXER_START_LEDGER",
                    "55",
                    "INDEXER_POLL_INTERVAL",
                    "2s",
                    "INDEXER_RECONCILE_INTERVAL",
                    "1h")));
    assertThat(told.rpc().orElseThrow().urls())
        .extracting(Object::toString)
        .containsExactly("https://one.example", "http://two.example:8000");
    assertThat(told.rpc().get().passphrase()).isEqualTo("Test SDF Network ; September 2015");
    assertThat(told.rpc().get().contract()).isEqualTo(told.followedContract().get());
    assertThat(
            settings(following(Map.of("STELLAR_NETWORK_PASSPHRASE", "Public Network")))
                .rpc()
                .orElseThrow()
                .passphrase())
        .isEqualTo("Public Network");
    assertThat(told.indexer())
        .isEqualTo(
            new IndexerSettings(
                OptionalLong.of(55), Duration.ofSeconds(2), Optional.of(Duration.ofHours(1))));
    for (String off : List.of("off", "0")) {
      assertThat(
              settings(following(Map.of("INDEXER_RECONCILE_INTERVAL", off)))
                  .indexer()
                  .reconcileInterval())
          .isEmpty();
    }
    assertThat(settings(following(Map.of())).indexer().reconcileInterval())
        .contains(Duration.ofMinutes(10));
    assertThat(settings(following(Map.of())).indexer().pollInterval())
        .isLessThan(Duration.ofSeconds(1));
  }

  /** What is tried follows no chain, archives nothing, and takes little from what pays. */
  @Test
  void shouldGiveTheSandboxLittleOfEverythingAndNothingOfTheChain() {
    Map<String, String> variables =
        following(
            Map.of(
                "SANDBOX",
                "on",
                "FLOWFI_DATA_DIR",
                "/var/lib/flowfi",
                "MAX_SSE_CONNECTIONS",
                "10000",
                "EVENT_RETENTION",
                "90d",
                "EVENT_ARCHIVE_DIR",
                "/a",
                "METRICS_PORT",
                "9464"));
    ServerSettings real = settings(variables);
    ServerSettings tried = real.ofSandbox();
    assertThat(real.rpc()).isPresent();
    assertThat(tried.followedContract()).isEmpty();
    assertThat(tried.rpc()).isEmpty();
    assertThat(tried.dataDirectory()).isEqualTo(Path.of("/var/lib/flowfi/sandbox"));
    assertThat(tried.limits().total()).isEqualTo(200);
    assertThat(settings(Map.of("MAX_SSE_CONNECTIONS", "100")).ofSandbox().limits().total())
        .isEqualTo(10);
    assertThat(tried.retention())
        .contains(
            new RetentionSettings(Optional.empty(), OptionalLong.of(100_000), Optional.empty()));
    assertThat(tried.fanOut().pumps()).isEqualTo(1);
    assertThat(tried.fanOut().ringBytes()).isEqualTo(4L << 20);
    assertThat(tried.metrics()).isEmpty();
    assertThat(tried.sandbox()).as("none of its own").isFalse();
  }

  @Test
  void shouldKeepEveryEventUnlessTold() {
    assertThat(settings(Map.of()).retention()).isEmpty();
    Optional<Duration> days = Optional.of(Duration.ofDays(90));
    assertThat(settings(Map.of("EVENT_RETENTION", "90d")).retention())
        .contains(new RetentionSettings(days, OptionalLong.empty(), Optional.empty()));
    assertThat(settings(Map.of("EVENT_RETENTION", "10000")).retention())
        .contains(
            new RetentionSettings(Optional.empty(), OptionalLong.of(10_000), Optional.empty()));
    for (String both : List.of("90d,1000000", "1000000, 90d")) {
      assertThat(
              settings(Map.of("EVENT_RETENTION", both, "EVENT_ARCHIVE_DIR", "/a/b/../c"))
                  .retention())
          .contains(
              new RetentionSettings(
                  days, OptionalLong.of(1_000_000), Optional.of(Path.of("/a/c"))));
    }
  }

  @Test
  void shouldFollowNoContractUnlessTold() {
    String contract = TestAddresses.contract(7);
    assertThat(settings(Map.of()).followedContract()).isEmpty();
    assertThat(settings(Map.of("STREAM_CONTRACT_ID", contract)).followedContract())
        .contains(new Address(contract));
  }

  @Test
  void shouldLimitRatesUnlessToldNotTo() {
    assertThat(settings(Map.of()).rates().on()).isTrue();
    assertThat(settings(Map.of("RATE_LIMIT", "on")).rates().on()).isTrue();
    assertThat(settings(Map.of("RATE_LIMIT", "off")).rates().on()).isFalse();
    assertThat(settings(Map.of("RATE_LIMIT_COMMANDS", "7")).rates().commands()).isEqualTo(7);
  }

  @Test
  void shouldTrustAndAllowNobodyByDefault() {
    assertThat(settings(Map.of()).proxies().trusted()).isEmpty();
    assertThat(settings(Map.of()).origins().allowed()).isEmpty();
    ServerSettings told =
        settings(
            Map.of(
                "TRUSTED_PROXIES", "10.0.0.0/8, ::1",
                "CORS_ALLOWED_ORIGINS", "https://app.example.com",
                "AUDIT_RETENTION", "90d"));
    assertThat(told.proxies().trusted()).hasSize(2);
    assertThat(told.origins().allowed()).containsExactly("https://app.example.com");
    assertThat(told.audit().retention()).hasValue(Duration.ofDays(90));
    assertThat(told.audit().directory()).isEqualTo(Path.of("data", "audit").toAbsolutePath());
  }
}
