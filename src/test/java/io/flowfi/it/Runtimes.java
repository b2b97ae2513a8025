package io.flowfi.it;

import java.nio.file.Path;
import java.util.List;

/** Where our own client meets the {@code fetch} of others than Node and browsers. */
final class Runtimes {
  private static final Path SOURCES = Path.of("src/test/runtimes");

  private Runtimes() {}

  /**
   * Gets Deno, Bun and what React Native has, or skips the test and says so.
   *
   * @return our client in each; it wants the server's URL
   */
  static List<PublishedClient> install() throws Exception {
    Path folder =
        NodeProject.install(SOURCES, "that our client runs in Deno and Bun, and as in React Native")
            .folder();
    Path packages = folder.resolve("node_modules");
    Path script = SOURCES.resolve("follow.mjs");
    // there are several of Bun: one runs on this processor
    String bun =
        "any() { for bun in %s/@oven/*/bin/bun; do $bun --version >&2 && exec $bun %s $1; done; }; any"
            .formatted(packages, script);
    return List.of(
        new PublishedClient(
            "flowfi-events",
            "deno",
            "exec %s/.bin/deno run --allow-net %s".formatted(packages, script)),
        new PublishedClient("flowfi-events", "bun", bun),
        new PublishedClient(
            "flowfi-events", "react-native", "exec node " + folder.resolve("react-native.mjs")));
  }
}
