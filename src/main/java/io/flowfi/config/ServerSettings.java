package io.flowfi.config;

import io.flowfi.audit.AuditSettings;
import io.flowfi.auth.AuthSettings;
import io.flowfi.container.OutputMode;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.indexer.IndexerSettings;
import io.flowfi.indexer.rpc.RpcSettings;
import io.flowfi.limit.ConnectionSettings;
import io.flowfi.limit.RateSettings;
import io.flowfi.logs.LogFormat;
import io.flowfi.metrics.MetricsSettings;
import io.flowfi.payment.Address;
import io.flowfi.relay.RelaySettings;
import io.flowfi.retention.RetentionSettings;
import io.flowfi.store.postgres.PostgresSettings;
import io.flowfi.tracing.TracingSettings;
import io.flowfi.web.edge.OriginSettings;
import io.flowfi.web.edge.ProxySettings;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Everything an operator can set (contract section 5), checked.
 *
 * @param dataDirectory where the embedded database and temporary files live
 * @param postgres the database of several nodes; without it, this node has the embedded one
 * @param output the output of event streams
 * @param network the passphrase of the Stellar network
 * @param auth which credentials are accepted
 * @param followedContract the contract on chain whose stream ids are kept free
 * @param rpc the nodes of Stellar's RPC that tell of the contract; empty if the chain is not
 *     followed
 * @param drain how it lets go of its clients when it stops
 * @param nodeName what the operator calls this node
 * @param nodeUrl where the other nodes reach this one
 * @param relay how the node hears of the commits of others; empty if it has the log for itself
 * @param metrics the port of their own that its figures have
 * @param retention which events are kept; empty if all are
 * @param logFormat the form of the log's lines
 * @param sandbox whether there is a second ledger for trying things out
 * @param tracing where traces of commands go; empty if there are none
 * @param written the variables that are set, without the values of those that may hold a secret
 */
public record ServerSettings(
    Path dataDirectory,
    Optional<PostgresSettings> postgres,
    FanOutSettings fanOut,
    ConnectionSettings limits,
    OutputMode output,
    ProxySettings proxies,
    OriginSettings origins,
    RateSettings rates,
    String network,
    AuditSettings audit,
    AuthSettings auth,
    Optional<Address> followedContract,
    Optional<RpcSettings> rpc,
    IndexerSettings indexer,
    DrainSettings drain,
    Optional<String> nodeName,
    Optional<URI> nodeUrl,
    Optional<RelaySettings> relay,
    Optional<MetricsSettings> metrics,
    Optional<RetentionSettings> retention,
    LogFormat logFormat,
    boolean sandbox,
    Optional<TracingSettings> tracing,
    Map<String, String> written) {

  /** Of event streams of the sandbox, however few the real ledger may have. */
  private static final int FEWEST_CONNECTIONS = 10;

  /** How many events of the sandbox are kept: under 100 MB. */
  private static final long SANDBOX_EVENTS = 100_000;

  private static final int LONGEST_URL = 256;

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
    checkConnector(environment);
    Path dataDirectory = dataDirectory(environment);
    return new ServerSettings(
            dataDirectory,
            postgres(environment),
            fanOut(environment),
            limits(environment),
            environment.choice("SSE_OUTPUT", OutputMode.AUTO),
            proxies(environment),
            origins(environment),
            rates(environment),
            AuthVariables.passphrase(environment),
            audit(environment, dataDirectory),
            AuthVariables.read(environment),
            IndexerVariables.contract(environment),
            IndexerVariables.rpc(environment),
            IndexerVariables.indexer(environment),
            DrainSettings.read(environment),
            parsed(
                environment,
                "NODE_NAME",
                ServerSettings::nodeName,
                Optional.empty(),
                "must be up to 64 letters, digits and . _ : - for the list of nodes"),
            parsed(
                environment,
                "NODE_URL",
                ServerSettings::nodeUrl,
                Optional.empty(),
                "must be the URL at which the other nodes reach this one, such as http://10.0.0.5:3001, without a query or a password"),
            RelayVariables.read(environment),
            MetricsVariables.read(environment),
            RetentionVariables.read(environment),
            environment.choice("LOG_FORMAT", LogFormat.TEXT),
            environment.choice("SANDBOX", Switch.OFF) == Switch.ON,
            TracingVariables.read(environment),
            WrittenSettings.read(environment))
        .checked();
  }

  private ServerSettings checked() {
    if (sandbox) {
      ofSandbox();
    }
    return this;
  }

  /**
   * Those of the sandbox's ledger: a database of its own, which follows no contract, and much less
   * of everything, so that it takes nothing from the real one.
   *
   * @throws InvalidSettingException if the database can have no second ledger
   */
  public ServerSettings ofSandbox() {
    try {
      return new ServerSettings(
          dataDirectory.resolve("sandbox"),
          postgres.map(PostgresSettings::ofSandbox),
          fanOut.small(),
          new ConnectionSettings(
              Math.max(FEWEST_CONNECTIONS, limits.total() / 50),
              limits.perAddress(),
              limits.perUser()),
          output,
          proxies,
          origins,
          rates,
          network,
          audit,
          auth,
          Optional.empty(),
          Optional.empty(),
          indexer,
          drain,
          nodeName,
          nodeUrl,
          relay,
          Optional.empty(),
          Optional.of(
              new RetentionSettings(
                  Optional.empty(), OptionalLong.of(SANDBOX_EVENTS), Optional.empty())),
          logFormat,
          false,
          tracing,
          written);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException("DATABASE_URL", e.getMessage());
    }
  }

  private static Optional<String> nodeName(String text) {
    if (!text.matches("[A-Za-z0-9._:-]{1,64}")) {
      throw new IllegalArgumentException("no name");
    }
    return Optional.of(text);
  }

  private static Optional<URI> nodeUrl(String text) {
    URI url = URI.create(text);
    boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isHttp
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || text.length() > LONGEST_URL) {
      throw new IllegalArgumentException("no address of a node");
    }
    return Optional.of(URI.create(text.replaceAll("/+$", "")));
  }

  /**
   * What Tomcat's {@code server.xml} reads. Checked here as well, because Tomcat only warns about a
   * value that it cannot read: with a mistyped address it would listen on all addresses.
   */
  private static void checkConnector(Environment environment) {
    environment.integer("PORT", 3001, 1, 65_535);
    environment.integer("FLOWFI_MAX_SOCKETS", 12_000, 1, 1_000_000);
    environment.integer("FLOWFI_HTTP_THREADS", 16, 1, 10_000);
    parsed(
        environment,
        "FLOWFI_BIND",
        ServerSettings::address,
        null,
        "must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them");
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The URL of a database that several nodes may use; empty for the embedded one. */
  static Optional<String> sharedDatabase(Environment environment) {
    return environment.text("DATABASE_URL").filter(text -> !text.equals("embedded"));
  }

  private static Optional<PostgresSettings> postgres(Environment environment) {
    Optional<String> url = sharedDatabase(environment);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    if (!PostgresSettings.isMeantBy(url.get())) {
      throw new InvalidSettingException(
          "DATABASE_URL", "must be unset or 'embedded', or begin with postgresql:// or jndi:");
    }
    try {
      return Optional.of(PostgresSettings.parse(url.get()));
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException("DATABASE_URL", e.getMessage());
    }
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
    // a fifth is added to spread them, and clients treat 45 s of silence as dead unless `connected`
    // names a longer interval
    Duration heartbeat =
        environment.duration(
            "SSE_HEARTBEAT_INTERVAL",
            standard.heartbeatInterval(),
            FanOutSettings.SHORTEST_HEARTBEAT,
            FanOutSettings.LONGEST_HEARTBEAT);
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
    return new ConnectionSettings(
        environment.integer("MAX_SSE_CONNECTIONS", 10_000, 1, 1_000_000),
        environment.integer("MAX_SSE_CONNECTIONS_PER_IP", 100, 1, 1_000_000),
        environment.integer("MAX_SSE_CONNECTIONS_PER_USER", 20, 1, 1_000_000));
  }

  private static ProxySettings proxies(Environment environment) {
    return parsed(
        environment,
        "TRUSTED_PROXIES",
        ProxySettings::parse,
        ProxySettings.NONE,
        "must be addresses or ranges such as 10.0.0.0/8, 2001:db8::/32, comma-separated, and not everybody's");
  }

  private static OriginSettings origins(Environment environment) {
    return parsed(
        environment,
        "CORS_ALLOWED_ORIGINS",
        OriginSettings::parse,
        OriginSettings.NONE,
        "must be origins exactly as browsers send them, such as https://app.example.com or capacitor://localhost, comma-separated");
  }

  private static RateSettings rates(Environment environment) {
    RateSettings standard = RateSettings.DEFAULT;
    return new RateSettings(
        environment.choice("RATE_LIMIT", Switch.ON) == Switch.ON,
        perMinute(environment, "RATE_LIMIT_REQUESTS", standard.requests()),
        perMinute(environment, "RATE_LIMIT_CONNECTS", standard.connects()),
        perMinute(environment, "RATE_LIMIT_COMMANDS", standard.commands()),
        perMinute(environment, "RATE_LIMIT_AUTH_FAILURES", standard.authFailures()));
  }

  private static int perMinute(Environment environment, String variable, int standard) {
    return environment.integer(variable, standard, 1, 100_000_000);
  }

  private static AuditSettings audit(Environment environment, Path dataDirectory) {
    return new AuditSettings(
        dataDirectory.resolve("audit"),
        parsed(
            environment,
            "AUDIT_RETENTION",
            RetentionVariables::days,
            Optional.empty(),
            "must be 'unlimited' or days such as 90d"));
  }

  static <T> T parsed(
      Environment environment,
      String variable,
      Function<String, T> parse,
      T standard,
      String accepts) {
    try {
      return environment.text(variable).map(parse).orElse(standard);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(variable, accepts);
    }
  }
}
