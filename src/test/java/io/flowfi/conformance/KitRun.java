package io.flowfi.conformance;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The kit for the tests of other packages. */
public final class KitRun {
  private KitRun() {}

  /**
   * Makes some checks of a server in open mode.
   *
   * @param names what the names of the checks begin with
   * @return {@code pass}, or what else became of it, by the name of the check
   */
  public static Map<String, String> of(URI url, String... names) {
    return Kit.run(new Target(url), List.of(names), result -> {}).stream()
        .collect(Collectors.toMap(result -> result.check().name(), KitRun::text));
  }

  private static String text(Result result) {
    return result.verdict() == Result.Verdict.PASS
        ? "pass"
        : result.verdict().label + ": " + result.seen();
  }
}
