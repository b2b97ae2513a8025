package io.flowfi.fanout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output of one connection. Bytes go out at once; what a full socket does not take waits here.
 * That is only the rest of one frame and control frames behind it, never further events: those stay
 * in the log, and the connection's cursor says which. Also watches the full socket until it has
 * room again or its time-out is over. Belongs to one pump thread.
 */
final class ConnectionOutput {
  /** Enough for control frames, too little to pile up memory. */
  static final int MAX_WAITING_BYTES = 64 * 1024;

  /** A socket surely takes this much at once. */
  private static final int LEAST_APPETITE = 8 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionOutput.class);

  private final EventOutput output;

  /**
   * The bytes that wait for room in the socket; empty if it stopped after a whole frame; null while
   * it is not known to be full.
   */
  private ByteBuffer rest;

  /** The socket's key, once the socket has been full, if the pump watches it. */
  private SelectionKey watched;

  private int appetite = LEAST_APPETITE;
  private long lastProgressNanos;
  private long bytes;
  private boolean stallTimer;

  /** It has stood still for a whole time-out, but others were the cause. */
  private boolean excused;

  ConnectionOutput(EventOutput output) {
    this.output = output;
  }

  /** Whether the socket was full at the last try and has not reported room since. */
  boolean isBlocked() {
    return rest != null;
  }

  /** How many bytes it has taken. */
  long bytes() {
    return bytes;
  }

  /**
   * Whether a frame outside the log may wait behind the waiting bytes. Half of the room is kept for
   * such frames that are sent before the first of them is written, and for closing frames.
   */
  boolean hasRoomBehind(int bytes) {
    return rest == null || rest.remaining() + bytes <= MAX_WAITING_BYTES / 2;
  }

  /** When the socket last took something, or became blocked. */
  long lastProgressNanos() {
    return lastProgressNanos;
  }

  /**
   * How many bytes to prepare for it: about as many as it took lately. A client that reads its
   * backlog in small bites must not cost a large block for each of them.
   */
  int appetite() {
    return appetite;
  }

  /**
   * Whether bytes can flow; if not, the connection gets a turn when they can, or when its time-out
   * is over.
   */
  boolean start(Connection owner) {
    lastProgressNanos = owner.tools().now();
    boolean ready = output.isReady();
    if (!ready) {
      remindOfStall(owner);
    }
    return ready;
  }

  boolean isReady() {
    return output.isReady();
  }

  /** Whether its pump writes to its socket, and no container is in between. */
  boolean isOnSocket() {
    return output instanceof SocketOutput;
  }

  /**
   * Writes as much of a block as fits. The rest of the frame where it stopped goes first when there
   * is room again. Only while not blocked.
   *
   * @return how many frames are on their way
   * @throws IOException if the connection is gone
   */
  int write(FrameBlock block, Connection owner) throws IOException {
    ByteBuffer view = block.view();
    boolean all = output.offer(view);
    int taken = view.position();
    took(taken, owner);
    int begun = all ? block.count() : block.begunWithin(taken);
    appetite = Math.min(FrameBlock.TARGET_BYTES, Math.max(LEAST_APPETITE, 2 * taken));
    if (begun > 0 || !all) {
      lastProgressNanos = owner.tools().now();
    }
    if (!all) {
      rest = block.restOfFrame(taken);
    }
    return begun;
  }

  /**
   * Writes bytes that are not from the log: at once, or behind the frame that is partly written. If
   * they fill the socket, the owner is parked.
   *
   * @throws IOException if the connection is gone, or too much waits for it
   */
  void write(byte[] bytes, Connection owner) throws IOException {
    if (isBlocked()) {
      append(bytes);
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    boolean all = output.offer(buffer);
    took(buffer.position(), owner);
    lastProgressNanos = owner.tools().now();
    if (!all) {
      rest = buffer;
      park(owner);
    }
  }

  private void took(int more, Connection owner) {
    if (more > 0) {
      excused = false;
    }
    bytes += more;
    owner.tools().counts().wrote(more);
  }

  private void append(byte[] bytes) throws IOException {
    int waiting = rest.remaining();
    if (waiting + bytes.length > MAX_WAITING_BYTES) {
      throw new IOException("more than " + MAX_WAITING_BYTES + " bytes wait behind a full socket");
    }
    rest = ByteBuffer.allocate(waiting + bytes.length).put(rest).put(bytes).flip();
  }

  /**
   * The socket is full: its connection gets a turn when the socket has room, or has taken nothing
   * for the stall time-out. Called once each time it becomes blocked.
   *
   * @throws IOException if the connection is gone
   */
  void park(Connection owner) throws IOException {
    owner.tools().counts().parked();
    watchForRoom(owner);
    if (!stallTimer) {
      remindOfStall(owner);
    }
  }

  private void watchForRoom(Connection owner) throws IOException {
    // only if the pump itself waits for room in it
    SelectableChannel socket = output instanceof SocketOutput onSocket ? onSocket.socket() : null;
    if (socket != null) {
      watched = owner.tools().sockets().watch(owner, socket, watched);
    }
  }

  private void remindOfStall(Connection owner) {
    stallTimer = true;
    owner.tools().reminders().ofStall(owner, lastProgressNanos);
  }

  /**
   * The socket has room again: writes the waiting bytes. It stays blocked if some remain; a call
   * without a written byte is no progress. Only while blocked.
   *
   * @throws IOException if the connection is gone
   */
  void resume(Connection owner) throws IOException {
    int before = rest.remaining();
    boolean all = output.offer(rest);
    took(before - rest.remaining(), owner);
    if (rest.remaining() < before) {
      lastProgressNanos = owner.tools().now();
    }
    if (all) {
      rest = null;
      owner.tools().counts().unparked();
    } else {
      watchForRoom(owner);
    }
  }

  /** Nothing more to write now: a socket that is not full need not be watched. */
  void rest(Connection owner) {
    if (watched != null && !isBlocked()) {
      owner.tools().sockets().rest(watched);
    }
  }

  /**
   * The stall timer is due.
   *
   * @return whether the socket has taken no byte for the time-out, or for two of them if others
   *     were the cause: those have been closed by then. If not, the timer is set again
   */
  boolean hasStalled(Connection owner, long now, long timeoutNanos) {
    stallTimer = false;
    if (!isBlocked() && output.isReady()) {
      return false;
    }
    if (now - lastProgressNanos < timeoutNanos) {
      remindOfStall(owner);
      return false;
    }
    if (!excused && output.isHeldByOthers(lastProgressNanos)) {
      excused = true;
      lastProgressNanos = now;
      remindOfStall(owner);
      return false;
    }
    return true;
  }

  /** Tries once to write; a full socket does not take it, and then it is dropped. */
  void writeLast(byte[] bytes) {
    try {
      if (rest == null || !rest.hasRemaining() || output.offer(rest)) {
        output.offer(ByteBuffer.wrap(bytes));
      }
    } catch (IOException gone) {
      // the caller is ending the connection anyway
    }
  }

  /** The connection has ended. */
  void close(Connection owner) {
    if (isBlocked()) {
      owner.tools().counts().unparked();
    }
    rest = null;
    // asked first: a closed output may no longer know it
    SelectableChannel socket = output instanceof SocketOutput onSocket ? onSocket.socket() : null;
    try {
      output.close();
    } catch (Throwable e) {
      abandon(socket);
      throw e;
    } finally {
      if (watched != null) {
        owner.tools().sockets().forget(watched);
        watched = null;
      }
    }
  }

  /** Otherwise the client would wait forever on a connection that nobody serves. */
  private static void abandon(SelectableChannel socket) {
    if (socket != null) {
      try {
        socket.close();
      } catch (IOException e) {
        LOG.warn("the socket of an event stream could not be closed", e);
      }
    }
  }
}
