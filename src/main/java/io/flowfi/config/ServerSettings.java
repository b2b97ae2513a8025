package io.flowfi.config;

import io.flowfi.auth.AuthSettings;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.http.ConnectionSettings;
import io.flowfi.sse.servlet.OutputMode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Everything an operator can set (contract section 5), checked.
 *
 * @param dataDirectory where the embedded database and temporary files live
 * @param output how event streams leave
 * @param auth whose word counts
 */
public record ServerSettings(
    Path dataDirectory,
    FanOutSettings fanOut,
    ConnectionSettings limits,
    OutputMode output,
    AuthSettings auth) {

  /**
   * Known to the contract but without effect yet: starting without what they ask for would mislead
   * an operator.
   */
  private static final Map<String, String> NOT_YET_SUPPORTED =
      Map.ofEntries(
          Map.entry("REDIS_URL", "this version runs as a single node"),
          Map.entry("CORS_ALLOWED_ORIGINS", "this version answers its own origin only"),
          Map.entry("TRUSTED_PROXIES", "this version believes no X-Forwarded-For"),
          Map.entry("EVENT_RETENTION", "this version keeps every event"),
          Map.entry("SOROBAN_RPC_URL", "this version has no chain indexer"),
          Map.entry("STREAM_CONTRACT_ID", "this version has no chain indexer"),
          Map.entry("INDEXER_START_LEDGER", "this version has no chain indexer"),
          Map.entry("INDEXER_POLL_INTERVAL", "this version has no chain indexer"));

  private enum Switch {
    ON,
    OFF
  }

  /**
   * Reads and checks all variables.
   *
   * @throws InvalidSettingException naming the first one the server cannot start with
   */
  public static ServerSettings from(Environment environment) {
    refuseUnsupported(environment);
    // Tomcat's server.xml listens by it; checked here as well, because there a typing error fails
    // without a word of it
    environment.integer("PORT", 3001, 1, 65_535);
    return new ServerSettings(
        dataDirectory(environment),
        fanOut(environment),
        limits(environment),
        environment.choice("SSE_OUTPUT", OutputMode.AUTO),
        AuthVariables.read(environment));
  }

  private static void refuseUnsupported(Environment environment) {
    if (environment.text("DATABASE_URL").filter(url -> !url.equals("embedded")).isPresent()) {
      throw new InvalidSettingException(
          "DATABASE_URL",
          "must be unset or 'embedded': this version has the embedded database only");
    }
    NOT_YET_SUPPORTED.keySet().stream()
        .sorted()
        .filter(environment::isSet)
        .filter(name -> !isHarmless(name, environment))
        .findFirst()
        .ifPresent(
            name -> {
              throw new InvalidSettingException(
                  name, "must be unset: " + NOT_YET_SUPPORTED.get(name));
            });
    if (environment.choice("RATE_LIMIT", Switch.OFF) == Switch.ON) {
      throw new InvalidSettingException(
          "RATE_LIMIT", "must be unset or 'off': this version has no rate limits");
    }
  }

  private static boolean isHarmless(String name, Environment environment) {
    return name.equals("EVENT_RETENTION")
        && environment.text(name).filter("unlimited"::equals).isPresent();
  }

  private static Path dataDirectory(Environment environment) {
    try {
      return Path.of(environment.text("FLOWFI_DATA_DIR").orElse("data"))
          .toAbsolutePath()
          .normalize();
    } catch (InvalidPathException e) {
      throw new InvalidSettingException("FLOWFI_DATA_DIR", "must be the path of a directory");
    }
  }

  private static FanOutSettings fanOut(Environment environment) {
    FanOutSettings standard = FanOutSettings.defaults();
    // clients treat 45 s of silence as dead, so heartbeats must come well before
    Duration heartbeat =
        environment.duration(
            "SSE_HEARTBEAT_INTERVAL",
            standard.heartbeatInterval(),
            Duration.ofMillis(100),
            Duration.ofSeconds(40));
    Duration stall =
        environment.duration(
            "SSE_STALL_TIMEOUT",
            standard.stallTimeout(),
            Duration.ofMillis(100),
            Duration.ofMinutes(10));
    return new FanOutSettings(
        standard.pumps(),
        standard.backlogReaders(),
        standard.ringFrames(),
        standard.ringBytes(),
        heartbeat,
        stall,
        standard.retryMillis());
  }

  private static ConnectionSettings limits(Environment environment) {
    // without users there is nothing to count by, but a wrong value should not wait for the day
    // there are
    environment.integer("MAX_SSE_CONNECTIONS_PER_USER", 20, 1, 1_000_000);
    return new ConnectionSettings(
        environment.integer("MAX_SSE_CONNECTIONS", 10_000, 1, 1_000_000),
        environment.integer("MAX_SSE_CONNECTIONS_PER_IP", 100, 1, 1_000_000));
  }
}
