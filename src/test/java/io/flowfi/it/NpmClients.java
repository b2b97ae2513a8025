package io.flowfi.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.servers.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The clients of {@code src/test/clients/package.json}: what it needs for development. */
final class NpmClients {
  private static final Path SOURCES = Path.of("src/test/clients");
  private static final String UNCHECKED = "that clients of npm come back";

  /**
   * Those that need Node 22.12, which comes with the packages where there is one for this machine;
   * two of them because of jsdom.
   */
  private static final Set<String> IN_NEWER_NODE =
      Set.of("eventsource-5", "eventsource-parser-4", "react-native-sse", "sse.js", "undici-8");

  private NpmClients() {}

  /** Gets the packages for the Node that is here, or skips the test and says so. */
  static List<PublishedClient> install() throws Exception {
    Path folder = NodeProject.install(SOURCES, UNCHECKED).folder();
    return named(folder, "node").stream().filter(client -> !isForNewerNode(client)).toList();
  }

  /** The same for those that need a newer one. */
  static List<PublishedClient> installForNewerNode() throws Exception {
    Path folder = NodeProject.install(SOURCES, UNCHECKED).folder();
    String node = newerNode(folder);
    Needed.need(
        NodeProject.isNode(node, 22, 12),
        "no node 22.12 or above: for some unchecked is " + UNCHECKED);
    return named(folder, node).stream().filter(NpmClients::isForNewerNode).toList();
  }

  private static boolean isForNewerNode(PublishedClient client) {
    return IN_NEWER_NODE.stream().anyMatch(key -> client.command().endsWith(" " + key));
  }

  private static String newerNode(Path folder) throws IOException {
    try (Stream<Path> packages = Files.list(folder.resolve("node_modules"))) {
      return packages
          .filter(one -> one.getFileName().toString().startsWith("node-linux-"))
          .map(one -> one.resolve("bin/node").toString())
          .findFirst()
          .orElse("node");
    }
  }

  static List<PublishedClient> named() throws IOException {
    return named(SOURCES, "node");
  }

  private static List<PublishedClient> named(Path folder, String node) throws IOException {
    List<PublishedClient> clients = new ArrayList<>();
    new ObjectMapper()
        .readTree(SOURCES.resolve("package.json").toFile())
        .path("devDependencies")
        .fields()
        .forEachRemaining(
            dependency -> {
              String key = dependency.getKey();
              String value = dependency.getValue().asText();
              int at = value.lastIndexOf('@'); // npm:eventsource@3.0.7
              clients.add(
                  new PublishedClient(
                      at < 0 ? key : value.substring("npm:".length(), at),
                      value.substring(at + 1),
                      "exec " + node + " " + folder.resolve("follow.js") + " " + key));
            });
    return clients;
  }
}
