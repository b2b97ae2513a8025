package io.flowfi.health;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The health of one part of the node, reported by the part itself. Any thread may ask, every few
 * seconds.
 */
public interface HealthCheck {
  /** Which part this is. One part may have several checks of the same name. */
  String name();

  /**
   * What keeps the part from doing its work; empty if it is well. Clients read it, so it must not
   * show internals or secrets. May take up to a second.
   */
  Optional<String> trouble();

  /**
   * What the part has to do without, while it does its work all the same; empty if it lacks
   * nothing. Clients read it, as above. Returns at once.
   */
  default Optional<String> degraded() {
    return Optional.empty();
  }

  /** Whether only a restart repairs the part. Returns at once. */
  default boolean isBroken() {
    return false;
  }

  /** A check of a part that cannot break for good. */
  static HealthCheck of(String name, Supplier<Optional<String>> trouble) {
    return new HealthCheck() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Optional<String> trouble() {
        return trouble.get();
      }
    };
  }

  /**
   * @return {@code words} if {@code troubled}
   */
  static Optional<String> trouble(boolean troubled, String words) {
    return troubled ? Optional.of(words) : Optional.empty();
  }
}
