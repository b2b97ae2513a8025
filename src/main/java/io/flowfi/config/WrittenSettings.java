package io.flowfi.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The variables that an operator has set, for those who help. A variable shows its value only if it
 * is in the list of those that hold no secret; the others show that they are set.
 */
final class WrittenSettings {
  static final String HIDDEN_VALUE = "(set)";

  static final List<String> SHOWN =
      List.of(
          "ADMIN_PUBLIC_KEY",
          "AUDIT_RETENTION",
          "CORS_ALLOWED_ORIGINS",
          "DRAIN_DELAY",
          "DRAIN_WINDOW",
          "EVENT_ARCHIVE_DIR",
          "EVENT_RETENTION",
          "FLOWFI_BIND",
          "FLOWFI_DATA_DIR",
          "FLOWFI_GC",
          "FLOWFI_HEAP_MAX",
          "FLOWFI_HEAP_MIN",
          "FLOWFI_HEAP_YOUNG",
          "FLOWFI_HTTP_THREADS",
          "FLOWFI_MAX_SOCKETS",
          "INDEXER_POLL_INTERVAL",
          "INDEXER_RECONCILE_INTERVAL",
          "INDEXER_START_LEDGER",
          "JWT_AUDIENCE",
          "JWT_ISSUER",
          "LOG_FORMAT",
          "LOG_POLL_INTERVAL",
          "MAX_SSE_CONNECTIONS",
          "MAX_SSE_CONNECTIONS_PER_IP",
          "MAX_SSE_CONNECTIONS_PER_USER",
          "METRICS_BIND",
          "METRICS_PORT",
          "NODE_NAME",
          "OTEL_EXPORTER_OTLP_PROTOCOL",
          "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
          "OTEL_SDK_DISABLED",
          "OTEL_TRACES_EXPORTER",
          "PORT",
          "RATE_LIMIT",
          "RATE_LIMIT_AUTH_FAILURES",
          "RATE_LIMIT_COMMANDS",
          "RATE_LIMIT_CONNECTS",
          "RATE_LIMIT_REQUESTS",
          "REDIS_CA_FILE",
          "SANDBOX",
          "SEP10_HOME_DOMAIN",
          "SSE_HEARTBEAT_INTERVAL",
          "SSE_OUTPUT",
          "SSE_STALL_TIMEOUT",
          "STELLAR_NETWORK_PASSPHRASE",
          "STREAM_CONTRACT_ID",
          "TRUSTED_PROXIES",
          "WEB_AUTH_DOMAIN");

  /** A URL may contain a password or a key. */
  static final List<String> HIDDEN =
      List.of(
          "DATABASE_URL",
          "JWT_JWKS_URL",
          "JWT_SECRET",
          "JWT_SECRET_PREVIOUS",
          "NODE_URL",
          "OTEL_EXPORTER_OTLP_ENDPOINT",
          "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
          "REDIS_URL",
          "SEP10_SIGNING_SEED",
          "SOROBAN_RPC_URL");

  private WrittenSettings() {}

  /** Values by name. */
  static Map<String, String> read(Environment environment) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : SHOWN) {
      environment.text(name).ifPresent(value -> values.put(name, value));
    }
    for (String name : HIDDEN) {
      if (environment.isSet(name)) {
        values.put(name, HIDDEN_VALUE);
      }
    }
    return values;
  }
}
