package io.flowfi.fanout;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Consecutive frames as one run of bytes. Any number of connections can write it, each with one
 * system call. It remembers where each frame ends, so a connection whose socket took only a part
 * knows where to continue.
 *
 * <p>Belongs to one pump thread. The buffer is direct: the kernel reads it without a copy on our
 * side.
 */
final class FrameBlock {
  /**
   * Large enough that a system call's fixed cost no longer matters, small enough to be fair between
   * connections.
   */
  static final int TARGET_BYTES = 128 * 1024;

  private static final int MAX_FRAMES = 4096;

  private ByteBuffer bytes = ByteBuffer.allocateDirect(TARGET_BYTES);
  private ByteBuffer view = bytes.asReadOnlyBuffer();
  private int[] ends = new int[256];
  private long[] positions = new long[256];
  private int count;

  void clear() {
    bytes.clear();
    count = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  int length() {
    return bytes.position();
  }

  /**
   * Adds a frame if it fits; the first one always does.
   *
   * @param position what a connection's cursor becomes once this frame is on its way
   */
  boolean add(byte[] frame, long position) {
    if (count == MAX_FRAMES || frame.length > bytes.remaining()) {
      if (count > 0) {
        return false;
      }
      bytes = ByteBuffer.allocateDirect(frame.length);
      view = bytes.asReadOnlyBuffer();
    }
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, count * 2);
      positions = Arrays.copyOf(positions, count * 2);
    }
    bytes.put(frame);
    ends[count] = bytes.position();
    positions[count] = position;
    count++;
    return true;
  }

  /** All the bytes, for one connection; invalidates the previous view. */
  ByteBuffer view() {
    view.clear().limit(bytes.position());
    return view;
  }

  /** How many frames have at least begun within the first {@code taken} bytes. */
  int begunWithin(int taken) {
    if (taken == 0) {
      return 0;
    }
    int i = Arrays.binarySearch(ends, 0, count, taken);
    return i >= 0 ? i + 1 : -i;
  }

  /** The position of the {@code n}-th frame, counted from 1. */
  long position(int n) {
    return positions[n - 1];
  }

  /**
   * The rest of the frame in which {@code taken} bytes end; empty if they end between two frames.
   */
  ByteBuffer restOfFrame(int taken) {
    int begun = begunWithin(taken);
    if (begun == 0 || ends[begun - 1] == taken) {
      return ByteBuffer.allocate(0);
    }
    byte[] rest = new byte[ends[begun - 1] - taken];
    bytes.get(taken, rest);
    return ByteBuffer.wrap(rest);
  }
}
