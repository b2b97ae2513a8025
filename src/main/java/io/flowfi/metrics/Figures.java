package io.flowfi.metrics;

/**
 * Figures of one part of the node. A new part implements this and is named in the list of {@code
 * app}; {@code docs/operations/metrics.md} describes each name.
 *
 * <p>Called a few times a second at most, by one thread at a time. Must return at once: what waits
 * for a disk, a database or another thread goes through a {@link LatestReading}. If it throws, the
 * figures that it has not written are missing from the answer, and the others are there.
 */
@FunctionalInterface
public interface Figures {
  void writeTo(Sheet sheet);
}
