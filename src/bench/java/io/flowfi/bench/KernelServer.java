package io.flowfi.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The cost of the kernel alone: the epoll program in {@code src/bench/c}. */
final class KernelServer extends Server {
  static final String NAME = "epoll";

  private final Settings settings;

  KernelServer(Settings settings) {
    super(NAME);
    this.settings = settings;
  }

  @Override
  Optional<String> missing() {
    return Programs.find("gcc").isPresent()
        ? Optional.empty()
        : Optional.of("gcc is not installed");
  }

  @Override
  boolean compilesItself() {
    return false;
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) throws IOException {
    Path binary = folder.resolve("kernel");
    String source = settings.base().resolve("src/bench/c/kernel.c").toString();
    Programs.run(
        folder, folder.resolve("gcc.log"), List.of("gcc", "-O2", "-o", binary.toString(), source));
    return new ProcessBuilder(binary.toString(), Integer.toString(onPort));
  }

  @Override
  String subscribeToAll() {
    return "/";
  }

  @Override
  List<Command> publishers(int connections) {
    return Collections.nCopies(connections, null).stream()
        .map(n -> Command.of(new PreparedRequest(port(), "/", "text/plain", SampleEvent.json())))
        .toList();
  }
}
