package io.flowfi.conformance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kit as a program. Its settings are those of {@code docs/conformance.md}. It exits with 0 if
 * no check failed, 1 if one did, 2 if the settings are not valid or nobody answers at the URL.
 */
public final class Conformance {
  private Conformance() {}

  public static void main(String[] args) throws IOException {
    System.exit(run());
  }

  private static int run() throws IOException {
    Target target;
    try {
      target = target();
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    try (HttpConnection reachable = new HttpConnection(target, 0)) {
      // only whether somebody listens
    } catch (IOException e) {
      System.err.println("Nobody answers at " + target.url() + ": " + e.getMessage());
      return 2;
    }
    List<String> names =
        setting("checks").map(list -> Arrays.asList(list.split("\\s*,\\s*"))).orElse(List.of());
    List<Result> results = Kit.run(target, names, result -> System.out.print(Report.text(result)));
    if (results.isEmpty()) {
      System.err.println("No check has a name that begins with " + names);
      return 2;
    }
    Report report = new Report(target, results);
    Path file = Path.of(setting("report").orElse("TEST-conformance.xml"));
    report.writeJUnit(file);
    System.out.println();
    System.out.println(report.summary());
    System.out.println("JUnit report: " + file);
    return report.isGood() ? 0 : 1;
  }

  private static Target target() {
    String url = setting("url").orElse("");
    return new Target(
        URI.create(url),
        secret("CONFORMANCE_TOKEN"),
        secret("CONFORMANCE_TOKEN_OTHER"),
        setting("stop").map(Conformance::command),
        Duration.ofSeconds(number("patience", 10)),
        number("load", 1_500),
        number("limit", 150),
        setting("brief").map(Boolean::parseBoolean).orElse(false));
  }

  private static Optional<String> setting(String name) {
    return Optional.ofNullable(System.getProperty("conformance." + name))
        .filter(value -> !value.isBlank());
  }

  private static Optional<String> secret(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
  }

  private static int number(String name, int otherwise) {
    String text = setting(name).orElse(Integer.toString(otherwise));
    if (!text.matches("\\d{1,6}")) {
      throw new IllegalArgumentException(name + " must be a whole number, but is " + text);
    }
    return Integer.parseInt(text);
  }

  private static Target.Stop command(String command) {
    return () -> new ProcessBuilder("sh", "-c", command).inheritIO().start();
  }
}
