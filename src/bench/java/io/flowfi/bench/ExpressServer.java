package io.flowfi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** An Express service that writes each event to each response in a loop. */
final class ExpressServer extends Server {
  static final String NAME = "express";

  private final Settings settings;

  ExpressServer(Settings settings) {
    super(NAME);
    this.settings = settings;
  }

  @Override
  Optional<String> missing() {
    boolean installed = Programs.find("node").isPresent() && Programs.find("npm").isPresent();
    return installed ? Optional.empty() : Optional.of("node and npm are not installed");
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) throws IOException {
    // Installed once, beside the folders that each start empties.
    Path app = Files.createDirectories(settings.out().resolve("express-app"));
    for (String file : List.of("package.json", "package-lock.json", ".npmrc", "server.js")) {
      Path source = settings.base().resolve("src/bench/express").resolve(file);
      Files.copy(source, app.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.isDirectory(app.resolve("node_modules/express"))) {
      Programs.run(app, folder.resolve("npm.log"), List.of("npm", "ci"));
    }
    ProcessBuilder builder = new ProcessBuilder("node", "server.js").directory(app.toFile());
    builder.environment().put("PORT", Integer.toString(onPort));
    builder.environment().put("NODE_ENV", "production");
    return builder;
  }

  @Override
  String subscribeToAll() {
    return "/events";
  }

  @Override
  List<Command> publishers(int connections) {
    return Collections.nCopies(connections, null).stream()
        .map(
            n ->
                Command.of(
                    new PreparedRequest(port(), "/events", "application/json", SampleEvent.json())))
        .toList();
  }
}
