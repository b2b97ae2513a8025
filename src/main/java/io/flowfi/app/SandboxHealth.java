package io.flowfi.app;

import io.flowfi.health.HealthCheck;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sandbox as one part of the node. Whatever is wrong with it, the real ledger serves on: the
 * node is ready and lives, and says what it does without.
 *
 * @param parts those of the sandbox
 */
record SandboxHealth(List<HealthCheck> parts) implements HealthCheck {
  @Override
  public String name() {
    return "sandbox";
  }

  @Override
  public Optional<String> trouble() {
    return Optional.empty();
  }

  @Override
  public Optional<String> degraded() {
    return parts.stream()
        .flatMap(
            part ->
                Stream.of(part.trouble(), part.degraded())
                    .flatMap(Optional::stream)
                    .map(word -> part.name() + " " + word))
        .findFirst();
  }
}
