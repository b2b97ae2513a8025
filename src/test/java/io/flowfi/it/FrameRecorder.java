package io.flowfi.it;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Records the frames of an event stream, and waits for more. Threads may share one. */
final class FrameRecorder {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<SseFrame> frames = new ArrayList<>();
  private final List<String> block = new ArrayList<>();
  private int taken;
  private String lastEventId;
  private boolean ended;
  private Throwable failure;
  private final Consumer<SseFrame> check;

  /**
   * @param check throws if a frame is not as it should be
   */
  FrameRecorder(Consumer<SseFrame> check) {
    this.check = check;
  }

  /** One line without its end; called by the reading thread only. */
  void line(String line) {
    if (!line.isEmpty()) {
      block.add(line);
      return;
    }
    if (block.isEmpty()) {
      throw new IllegalArgumentException("An empty line that ends no block");
    }
    SseFrame frame = SseFrame.parse(block);
    block.clear();
    check.accept(frame);
    change(
        () -> {
          frames.add(frame);
          lastEventId = frame.id() == null ? lastEventId : frame.id();
        });
  }

  /**
   * The connection has ended, regularly or (failure not null) not; called by the reading thread
   * only.
   */
  void end(Throwable cause) {
    change(
        () -> {
          ended = true;
          failure = cause;
        });
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next event that was not taken yet; heartbeats are skipped. Empty when none comes in time.
   */
  Optional<SseFrame> next(Duration atMost) {
    return await(
        atMost,
        () -> {
          while (taken < frames.size()) {
            SseFrame frame = frames.get(taken++);
            if (!frame.isHeartbeat()) {
              return Optional.of(frame);
            }
          }
          return Optional.empty();
        });
  }

  /** The first of all frames, taken or not, that matches. */
  Optional<SseFrame> find(Duration atMost, Predicate<SseFrame> condition) {
    return await(atMost, () -> frames.stream().filter(condition).findFirst());
  }

  boolean ended(Duration atMost) {
    return await(atMost, () -> ended ? Optional.of(true) : Optional.<Boolean>empty()).isPresent();
  }

  private <T> Optional<T> await(Duration atMost, Supplier<Optional<T>> condition) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (true) {
        Optional<T> found = condition.get();
        if (found.isPresent() || ended || left <= 0) {
          return found;
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted after " + TimeUnit.NANOSECONDS.toMillis(left) + " ms", e);
    } finally {
      lock.unlock();
    }
  }

  List<SseFrame> frames() {
    return read(() -> List.copyOf(frames));
  }

  List<SseFrame> notTaken() {
    return read(
        () ->
            frames.subList(taken, frames.size()).stream()
                .filter(frame -> !frame.isHeartbeat())
                .toList());
  }

  String lastEventId() {
    return read(() -> lastEventId);
  }

  Optional<Throwable> failure() {
    return read(() -> Optional.ofNullable(failure));
  }

  private <T> T read(Supplier<T> value) {
    lock.lock();
    try {
      return value.get();
    } finally {
      lock.unlock();
    }
  }
}
