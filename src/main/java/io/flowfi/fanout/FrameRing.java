package io.flowfi.fanout;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The latest frames of the log, bounded in count and bytes; the oldest are dropped first.
 *
 * <p>One thread (the feed's) appends. Any thread reads without locks: a reader that asks for a
 * frame gets that frame or null, never another one, because a slot's frame carries its position.
 * The head is advanced after the slot is set, so every position up to {@link #head()} was readable
 * at that moment.
 */
final class FrameRing {
  private final AtomicReferenceArray<Frame> slots;
  private final int mask;
  private final long maxBytes;
  private volatile long head;
  private volatile long tail;
  private volatile long bytes;

  /**
   * @param maxFrames a power of two
   * @param start the position before the first frame to come
   */
  FrameRing(int maxFrames, long maxBytes, long start) {
    if (Integer.bitCount(maxFrames) != 1) {
      throw new IllegalArgumentException("ringFrames must be a power of two");
    }
    this.slots = new AtomicReferenceArray<>(maxFrames);
    this.mask = maxFrames - 1;
    this.maxBytes = maxBytes;
    this.head = start;
    this.tail = start + 1;
  }

  /**
   * Appends the frames after the head, all of them or none.
   *
   * @throws IllegalArgumentException if they are not the next ones: a feed out of order must not go
   *     on
   */
  void append(List<Frame> frames) {
    long last = head;
    for (Frame frame : frames) {
      long position = frame.position().value();
      if (position != last + 1) {
        throw new IllegalArgumentException("frame " + position + " does not follow " + last);
      }
      last = position;
    }
    frames.forEach(this::append);
  }

  /**
   * Appends the frame after the head, and drops the oldest ones to keep the bounds. The newest
   * frame always stays, whatever its size.
   */
  private void append(Frame frame) {
    long position = frame.position().value();
    long held = bytes + frame.bytes().length;
    long oldest = tail;
    while (oldest < position && (position - oldest >= slots.length() || held > maxBytes)) {
      int slot = (int) oldest & mask;
      held -= slots.get(slot).bytes().length;
      // The tail moves first: a reader that still sees the old tail merely finds the slot empty.
      tail = ++oldest;
      slots.set(slot, null);
    }
    slots.set((int) position & mask, frame);
    bytes = held;
    head = position;
  }

  /**
   * Leaves out positions whose frames will never come, and drops all earlier frames. Called by the
   * thread that appends.
   *
   * @param position after the head
   */
  void skipTo(long position) {
    if (position <= head) {
      throw new IllegalArgumentException(position + " is not after " + head);
    }
    long oldest = tail;
    // As above, the tail moves first; a reader of a left-out position finds nothing.
    tail = position + 1;
    for (; oldest <= head; oldest++) {
      slots.set((int) oldest & mask, null);
    }
    bytes = 0;
    head = position;
  }

  /** The frame at a position, or null if it has left the ring or has not come yet. */
  Frame get(long position) {
    Frame frame = slots.get((int) position & mask);
    return frame != null && frame.position().value() == position ? frame : null;
  }

  /** Position of the newest frame. */
  long head() {
    return head;
  }

  /** Position of the oldest frame; {@code head + 1} while empty. */
  long tail() {
    return tail;
  }

  int size() {
    return (int) Math.max(0, head - tail + 1);
  }

  long bytes() {
    return bytes;
  }
}
