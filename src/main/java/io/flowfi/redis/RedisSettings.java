package io.flowfi.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.HostAndPort;

/**
 * Where Redis is, as the URL says:
 *
 * <ul>
 *   <li>{@code redis://[[user]:password@]host[:6379][/database]}, one server
 *   <li>{@code redis-sentinel://[[user]:password@]host[:26379],.../master[/database]}, the server
 *       that Sentinels name; the password is the server's, and the Sentinels' if they demand one
 *   <li>{@code redis-cluster://[[user]:password@]host[:6379],...}, a cluster by some of its servers
 * </ul>
 *
 * With {@code rediss} in place of {@code redis} all connections use TLS.
 *
 * @param servers one; or Sentinels; or servers of a cluster
 * @param master the name that Sentinels have for the server
 * @param authorities the certificates that TLS trusts, as PEM; empty trusts those of Java
 */
public record RedisSettings(
    Kind kind,
    boolean tls,
    List<HostAndPort> servers,
    Optional<String> master,
    Optional<String> user,
    Optional<String> password,
    int database,
    Optional<Path> authorities) {
  /** How the servers work together. */
  public enum Kind {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  /** What an operator can write, for the message about what is none of it. */
  public static final String FORMS =
      "must be redis://host:6379, redis-sentinel://host:26379,host:26379/master or"
          + " redis-cluster://host:6379,host:6379 (rediss for TLS; user:password@ before the first"
          + " host, percent-encoded)";

  private static final Pattern URL =
      Pattern.compile(
          "redis(?<tls>s?)(?<kind>-sentinel|-cluster)?://(?:(?<user>[^:@/]*):(?<password>[^@/]+)@)?"
              + "(?<hosts>[^@/?#]+)(?:/(?<path>[^?#]*))?");
  private static final Pattern HOST =
      Pattern.compile("(?<name>[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(?::(?<port>[0-9]{1,5}))?");
  private static final int PORT = 6379;
  private static final int SENTINEL_PORT = 26379;
  private static final int LAST_DATABASE = 1_000_000;

  public RedisSettings {
    servers = List.copyOf(servers);
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("Redis needs a host");
    }
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it has none of these forms; the message does not show it
   */
  public static RedisSettings parse(String url, Optional<Path> authorities) {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the URL of a Redis");
    }
    Kind kind =
        parts.group("kind") == null
            ? Kind.SINGLE
            : Kind.valueOf(parts.group("kind").substring(1).toUpperCase(Locale.ROOT));
    boolean tls = !parts.group("tls").isEmpty();
    List<HostAndPort> servers =
        servers(parts.group("hosts"), kind == Kind.SENTINEL ? SENTINEL_PORT : PORT);
    String path = parts.group("path") == null ? "" : parts.group("path");
    Optional<String> master = Optional.empty();
    if (kind == Kind.SENTINEL) {
      String[] names = path.split("/", 2);
      master = Optional.of(decoded(names[0])).filter(name -> !name.isBlank());
      path = names.length == 1 ? "" : names[1];
    }
    check(kind != Kind.SINGLE || servers.size() == 1, "one server has one host");
    check(kind != Kind.SENTINEL || master.isPresent(), "Sentinels need the name of a master");
    check(kind != Kind.CLUSTER || path.isEmpty(), "a cluster has no numbered databases");
    check(tls || authorities.isEmpty(), "certificates are for TLS");
    return new RedisSettings(
        kind,
        tls,
        servers,
        master,
        Optional.ofNullable(parts.group("user"))
            .filter(user -> !user.isEmpty())
            .map(RedisSettings::decoded),
        Optional.ofNullable(parts.group("password")).map(RedisSettings::decoded),
        path.isEmpty() ? 0 : number(path, LAST_DATABASE),
        authorities);
  }

  private static List<HostAndPort> servers(String hosts, int standardPort) {
    List<HostAndPort> servers = new ArrayList<>();
    for (String host : hosts.split(",", -1)) {
      Matcher parts = HOST.matcher(host);
      check(parts.matches(), "not a host");
      String port = parts.group("port");
      String name = parts.group("name").replaceAll("[\\[\\]]", "");
      servers.add(new HostAndPort(name, port == null ? standardPort : number(port, 65_535)));
    }
    return servers;
  }

  private static int number(String text, int largest) {
    check(text.matches("0|[1-9][0-9]{0,6}"), "not a number");
    int number = Integer.parseInt(text);
    check(number <= largest, "too large a number");
    return number;
  }

  private static String decoded(String text) {
    try {
      return new URI("x:/" + text).getPath().substring(1);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not percent-encoded"); // without the text: a password
    }
  }

  private static void check(boolean right, String what) {
    if (!right) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return (tls ? "rediss" : "redis")
        + " "
        + kind
        + " "
        + servers
        + master.map(" "::concat).orElse("");
  }
}
