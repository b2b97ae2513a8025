package io.flowfi.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The clients of {@code src/test/clients/package.json}. */
final class NpmClients {
  private static final Path SOURCES = Path.of("src/test/clients");

  private NpmClients() {}

  /** Gets the packages, or skips the test and says so. */
  static List<PublishedClient> install() throws Exception {
    return named(NodeProject.install(SOURCES, "that clients of npm come back").folder());
  }

  static List<PublishedClient> named() throws IOException {
    return named(SOURCES);
  }

  private static List<PublishedClient> named(Path folder) throws IOException {
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
                      "exec node " + folder.resolve("follow.js") + " " + key));
            });
    return clients;
  }
}
