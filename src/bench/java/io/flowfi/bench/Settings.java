package io.flowfi.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a run of the benchmark covers, from the system properties {@code bench.*}.
 *
 * @param base the project's folder, in which the benchmark is started
 * @param out for the results and everything that the servers write
 * @param tomcat an unpacked Tomcat distribution
 * @param war the application
 * @param before the application of another build to measure beside this one; null for none
 * @param seconds length of each measurement; rows 2 and 8 take longer
 * @param connections most connections, for the rows with 10,000
 * @param rows numbers of the table's rows that are run; empty for all
 * @param servers names of the servers that are run; empty for all that are installed
 * @param churn length of row 9
 * @param commands how many row 13 sends; 0 leaves it out
 * @param profile whether a Java Flight Recording of FlowFi under saturation is made
 * @param docs whether the figures in {@code docs/benchmarks.md} are replaced
 */
record Settings(
    Path base,
    Path out,
    Path tomcat,
    Path war,
    Path before,
    double seconds,
    int connections,
    List<String> rows,
    List<String> servers,
    Duration churn,
    long commands,
    boolean profile,
    boolean docs) {
  private static final double LEAST_SECONDS_AT_A_RATE = 12;

  static Settings fromSystemProperties() {
    Path base = Path.of("").toAbsolutePath();
    return new Settings(
        base,
        base.resolve("target/bench"),
        base.resolve(System.getProperty("bench.tomcat", "target/apache-tomcat")),
        base.resolve("target/flowfi.war"),
        path("bench.before"),
        Double.parseDouble(System.getProperty("bench.seconds", "4")),
        Integer.parseInt(System.getProperty("bench.connections", "10000")),
        list("bench.rows"),
        list("bench.servers"),
        duration(System.getProperty("bench.churn", "10s")),
        Long.parseLong(System.getProperty("bench.commands", "0")),
        Boolean.getBoolean("bench.profile"),
        Boolean.getBoolean("bench.docs"));
  }

  private static Path path(String property) {
    String value = System.getProperty(property, "");
    return value.isEmpty() ? null : Path.of(value).toAbsolutePath();
  }

  private static List<String> list(String property) {
    return Arrays.stream(System.getProperty(property, "").split(","))
        .map(String::trim)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** {@code 20s}, {@code 5m} or {@code 1h}. */
  private static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }

  Settings withConnections(int value) {
    return new Settings(
        base, out, tomcat, war, before, seconds, value, rows, servers, churn, commands, profile,
        docs);
  }

  /**
   * Length of a measurement at a low rate: in four seconds the p99 would depend on two events of
   * 200, by chance.
   */
  double secondsAtARate() {
    return Math.max(LEAST_SECONDS_AT_A_RATE, seconds);
  }

  boolean hasRow(int row) {
    return rows.isEmpty() || rows.contains(Integer.toString(row));
  }

  boolean hasServer(String name) {
    return servers.isEmpty() || servers.contains(name);
  }
}
