package io.flowfi.store.postgres;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the PostgreSQL database is, as {@code DATABASE_URL} says. Addresses and parameters are
 * those of PostgreSQL's own programs (manual of libpq, "Connection URIs").
 *
 * @param address without user, password and parameters: safe for logs
 * @param jndiName of the container's data source; it knows everything else itself
 * @param properties of the driver
 */
public record PostgresSettings(
    String address, Optional<String> jndiName, Map<String, String> properties) {
  private static final Pattern JNDI = Pattern.compile("jndi:((?:java:)?[A-Za-z0-9_./-]{1,200})");

  private static final String HOST = "(?:[A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\])(?::[0-9]{1,5})?";

  private static final Pattern URL =
      Pattern.compile(
          "postgres(?:ql)?://(?:([^:@/?#]+)(?::([^@/?#]*))?@)?("
              + HOST
              + "(?:,"
              + HOST
              + ")*)/([^/?#]+)(?:\\?([^#]*))?");

  private static final String SCHEMA = "currentSchema";
  private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,50}");

  /** Parameters of a connection URI, and the driver's names for them. */
  private static final Map<String, String> PARAMETERS =
      Map.ofEntries(
          Map.entry("user", "user"),
          Map.entry("password", "password"),
          Map.entry("sslmode", "sslmode"),
          Map.entry("sslrootcert", "sslrootcert"),
          Map.entry("sslcert", "sslcert"),
          Map.entry("sslkey", "sslkey"),
          Map.entry("sslpassword", "sslpassword"),
          Map.entry("sslnegotiation", "sslNegotiation"),
          Map.entry("channel_binding", "channelBinding"),
          Map.entry("gssencmode", "gssEncMode"),
          Map.entry("application_name", "ApplicationName"),
          Map.entry("connect_timeout", "connectTimeout"),
          Map.entry("currentSchema", SCHEMA),
          Map.entry("prepareThreshold", "prepareThreshold"));

  private static final Pattern SSL_MODE =
      Pattern.compile("disable|allow|prefer|require|verify-ca|verify-full");

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");

  public PostgresSettings {
    properties = Map.copyOf(properties);
  }

  /** Whether the value of {@code DATABASE_URL} means PostgreSQL. */
  public static boolean isMeantBy(String databaseUrl) {
    return databaseUrl.matches("(postgres(ql)?|jndi):.*");
  }

  /**
   * Reads the value of {@code DATABASE_URL}.
   *
   * @throws IllegalArgumentException with what is wrong, after "DATABASE_URL"; it holds no secret
   */
  public static PostgresSettings parse(String databaseUrl) {
    Matcher jndi = JNDI.matcher(databaseUrl);
    if (jndi.matches()) {
      return new PostgresSettings(databaseUrl, Optional.of(jndi.group(1)), Map.of());
    }
    Matcher url = URL.matcher(databaseUrl);
    if (!url.matches()) {
      throw new IllegalArgumentException(
          "must be postgresql://user:password@host:port/database?sslmode=..., with % codes for"
              + " special characters of the password, or jndi:NAME for a data source of the"
              + " container");
    }
    Map<String, String> properties = new HashMap<>();
    if (url.group(1) != null) {
      properties.put("user", decoded(url.group(1)));
    }
    if (url.group(2) != null) {
      properties.put("password", decoded(url.group(2)));
    }
    if (url.group(5) != null && !url.group(5).isEmpty()) {
      for (String parameter : url.group(5).split("&")) {
        addParameter(parameter, properties);
      }
    }
    if (!properties.containsKey("user")) {
      throw new IllegalArgumentException("must name a user: postgresql://user:password@...");
    }
    return new PostgresSettings(
        "postgresql://" + url.group(3) + "/" + url.group(4), Optional.empty(), properties);
  }

  /**
   * The same database with a schema of its own for the sandbox, beside that of the real ledger.
   *
   * @throws IllegalArgumentException with what is wrong, after "DATABASE_URL"
   */
  public PostgresSettings ofSandbox() {
    if (jndiName.isPresent()) {
      // its connections go back to the container, and must not take another schema along
      throw new IllegalArgumentException(
          "must be a postgresql:// address for SANDBOX=on: a data source of the container has one schema");
    }
    String real = properties.getOrDefault(SCHEMA, "flowfi");
    if (!SCHEMA_NAME.matcher(real).matches()) {
      throw new IllegalArgumentException(
          "must have as currentSchema one name of small letters, digits and _ for SANDBOX=on");
    }
    Map<String, String> inSandbox = new HashMap<>(properties);
    inSandbox.put(SCHEMA, real + "_sandbox");
    return new PostgresSettings(address, jndiName, inSandbox);
  }

  private static void addParameter(String parameter, Map<String, String> properties) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
    if (name.equals("target_session_attrs")) {
      if (!value.matches("read-write|primary")) {
        throw new IllegalArgumentException("may have target_session_attrs=read-write only");
      }
      return; // it is so without it
    }
    String property = PARAMETERS.get(name);
    if (property == null) {
      throw new IllegalArgumentException(
          "has a parameter that is not known; known are "
              + String.join(", ", PARAMETERS.keySet().stream().sorted().toList()));
    }
    check(name.equals("sslmode"), SSL_MODE, name, value);
    check(name.matches("connect_timeout|prepareThreshold"), NUMBER, name, value);
    properties.put(property, value);
  }

  private static void check(boolean applies, Pattern form, String name, String value) {
    if (applies && !form.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "must have for " + name + " " + (form == NUMBER ? "a number" : "one of " + form));
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has a % that is not followed by two hex digits", e);
    }
  }

  /** The schema of the tables; empty for that of the user. */
  Optional<String> schema() {
    return Optional.ofNullable(properties.get(SCHEMA));
  }

  /** Without user and password. */
  @Override
  public String toString() {
    return address;
  }
}
