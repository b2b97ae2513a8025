package io.flowfi.bench;

import java.util.List;
import java.util.Optional;

/** A server that FlowFi's nodes use. It has no subscribers of its own. */
abstract class Backend extends Server {
  private final String program;
  private final String packages;

  /**
   * @param program its file; null if it is not installed
   * @param packages of Debian, which have it
   */
  Backend(String name, String program, String packages) {
    super(name);
    this.program = program;
    this.packages = packages;
  }

  final String program() {
    return program;
  }

  @Override
  final Optional<String> missing() {
    return program == null
        ? Optional.of(name() + " is not installed (" + packages + ")")
        : Optional.empty();
  }

  @Override
  final boolean compilesItself() {
    return false;
  }

  @Override
  final String subscribeToAll() {
    throw new UnsupportedOperationException(name() + " has no subscribers");
  }

  @Override
  final List<Command> publishers(int connections) {
    throw new UnsupportedOperationException(name() + " takes no commands");
  }
}
