package io.flowfi.fanout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;

/**
 * The way out of one connection: bytes go at once, and what a full socket does not take waits here.
 * That is the rest of one frame and closing words behind it, never events: those stay in the log,
 * and the connection's cursor says which. Belongs to one pump thread.
 */
final class ConnectionOutput {
  /** Enough for closing words, nowhere to hoard. */
  static final int MAX_WAITING_BYTES = 64 * 1024;

  /** What a socket surely takes at once. */
  private static final int LEAST_APPETITE = 8 * 1024;

  private final EventOutput output;

  /**
   * What waits for room in the socket, nothing if it took a whole frame as its last; null while it
   * is not known to be full.
   */
  private ByteBuffer rest;

  private int appetite = LEAST_APPETITE;
  private long lastProgressNanos;

  ConnectionOutput(EventOutput output) {
    this.output = output;
  }

  /** Whether the socket was full at the last try and has not said that it has room again. */
  boolean isBlocked() {
    return rest != null;
  }

  /** When the socket last took something, or became blocked. */
  long lastProgressNanos() {
    return lastProgressNanos;
  }

  /** The socket, if it is the pump that waits for room in it; else null. */
  SelectableChannel socket() {
    return output instanceof SocketOutput onSocket ? onSocket.socket() : null;
  }

  /**
   * How many bytes are worth laying out for it: about what it took lately. A client that reads its
   * backlog in small bites must not cost a large block for each of them.
   */
  int appetite() {
    return appetite;
  }

  void startClock(long now) {
    lastProgressNanos = now;
  }

  /**
   * Writes as much of a block as fits; what is missing of the frame where it stopped goes first
   * when there is room again. Only while not blocked.
   *
   * @return how many frames are on their way
   * @throws IOException if the connection is gone
   */
  int write(FrameBlock block, long now) throws IOException {
    ByteBuffer view = block.view();
    boolean all = output.offer(view);
    int taken = view.position();
    int begun = all ? block.count() : block.begunWithin(taken);
    appetite = Math.min(FrameBlock.TARGET_BYTES, Math.max(LEAST_APPETITE, 2 * taken));
    if (begun > 0 || !all) {
      lastProgressNanos = now;
    }
    if (!all) {
      rest = block.restOfFrame(taken);
    }
    return begun;
  }

  /**
   * Writes bytes that are not of the log: at once, or behind the frame that is half on its way.
   *
   * @throws IOException if the connection is gone, or more waits for it than may
   */
  void write(byte[] bytes, long now) throws IOException {
    if (isBlocked()) {
      append(bytes);
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    boolean all = output.offer(buffer);
    lastProgressNanos = now;
    if (!all) {
      rest = buffer;
    }
  }

  private void append(byte[] bytes) throws IOException {
    int waiting = rest.remaining();
    if (waiting + bytes.length > MAX_WAITING_BYTES) {
      throw new IOException("more than " + MAX_WAITING_BYTES + " bytes wait behind a full socket");
    }
    rest = ByteBuffer.allocate(waiting + bytes.length).put(rest).put(bytes).flip();
  }

  /**
   * The socket has room again: writes what has waited. Blocked still if that was not all; being
   * asked again is no progress. Only while blocked.
   *
   * @throws IOException if the connection is gone
   */
  void resume(long now) throws IOException {
    int before = rest.remaining();
    boolean all = before == 0 || output.offer(rest);
    if (rest.remaining() < before) {
      lastProgressNanos = now;
    }
    if (all) {
      rest = null;
    }
  }

  /**
   * One last try: a socket that is full refuses it, and then there is nothing more to say. Only
   * while blocked.
   */
  void writeLast(byte[] bytes) {
    try {
      if (!rest.hasRemaining() || output.offer(rest)) {
        output.offer(ByteBuffer.wrap(bytes));
      }
    } catch (IOException gone) {
      // that is what the caller is about to conclude anyway
    }
  }

  void close() {
    output.close();
    rest = null;
  }
}
