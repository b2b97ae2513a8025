package io.flowfi.app;

import io.flowfi.health.HealthCheck;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sandbox as one part of the node. Whatever is wrong with it, the real ledger serves on: the
 * node is ready and lives, and says what it does without. Any thread may ask.
 */
final class SandboxHealth implements HealthCheck {
  private final List<HealthCheck> parts;
  private volatile Optional<String> latest = Optional.empty();

  /**
   * @param parts those of the sandbox
   */
  SandboxHealth(List<HealthCheck> parts) {
    this.parts = parts;
  }

  @Override
  public String name() {
    return "sandbox";
  }

  /** Nothing keeps the node from its work; what it finds is there for {@link #degraded}. */
  @Override
  public Optional<String> trouble() {
    latest =
        parts.stream()
            .flatMap(
                part ->
                    Stream.of(part.trouble(), part.degraded())
                        .flatMap(Optional::stream)
                        .map(word -> part.name() + " " + word))
            .findFirst();
    return Optional.empty();
  }

  /** As it was found last: looking takes a while, and this returns at once. */
  @Override
  public Optional<String> degraded() {
    return latest;
  }
}
