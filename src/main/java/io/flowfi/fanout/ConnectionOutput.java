package io.flowfi.fanout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out of one connection: bytes go at once, and what a full socket does not take waits here.
 * That is the rest of one frame and closing words behind it, never events: those stay in the log,
 * and the connection's cursor says which. Also keeps watch over the full socket: when it has room
 * again, or that it never has. Belongs to one pump thread.
 */
final class ConnectionOutput {
  /** Enough for closing words, nowhere to hoard. */
  static final int MAX_WAITING_BYTES = 64 * 1024;

  /** What a socket surely takes at once. */
  private static final int LEAST_APPETITE = 8 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionOutput.class);

  private final EventOutput output;

  /**
   * What waits for room in the socket, nothing if it took a whole frame as its last; null while it
   * is not known to be full.
   */
  private ByteBuffer rest;

  /** Of the socket, once it has been full, if the pump watches it. */
  private SelectionKey watched;

  private int appetite = LEAST_APPETITE;
  private long lastProgressNanos;
  private long bytes;
  private boolean stallTimer;

  /** It has stood still for a whole time-out, through others' fault. */
  private boolean excused;

  ConnectionOutput(EventOutput output) {
    this.output = output;
  }

  /** Whether the socket was full at the last try and has not said that it has room again. */
  boolean isBlocked() {
    return rest != null;
  }

  /** How many bytes it has taken. */
  long bytes() {
    return bytes;
  }

  /**
   * Whether a frame outside the log may wait behind what waits already. Half of the room is left
   * for those that are sent before the first of them is written, and for closing words.
   */
  boolean hasRoomBehind(int bytes) {
    return rest == null || rest.remaining() + bytes <= MAX_WAITING_BYTES / 2;
  }

  /** When the socket last took something, or became blocked. */
  long lastProgressNanos() {
    return lastProgressNanos;
  }

  /**
   * How many bytes are worth laying out for it: about what it took lately. A client that reads its
   * backlog in small bites must not cost a large block for each of them.
   */
  int appetite() {
    return appetite;
  }

  /** Whether bytes can flow; if not, the connection is brought back when they can, or never do. */
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
    bytes += taken;
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
   * Writes bytes that are not of the log: at once, or behind the frame that is half on its way. If
   * they fill the socket, the owner is parked.
   *
   * @throws IOException if the connection is gone, or more waits for it than may
   */
  void write(byte[] bytes, Connection owner) throws IOException {
    if (isBlocked()) {
      append(bytes);
      return;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    boolean all = output.offer(buffer);
    this.bytes += buffer.position();
    lastProgressNanos = owner.tools().now();
    if (!all) {
      rest = buffer;
      park(owner);
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
   * The socket is full: brings its connection back when it has room, or has taken nothing for the
   * stall time-out. Once each time it becomes blocked.
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
    // only if it is the pump that waits for room in it
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
   * The socket has room again: writes what has waited. Blocked still if that was not all; being
   * asked again is no progress. Only while blocked.
   *
   * @throws IOException if the connection is gone
   */
  void resume(Connection owner) throws IOException {
    int before = rest.remaining();
    boolean all = output.offer(rest);
    bytes += before - rest.remaining();
    if (rest.remaining() < before) {
      lastProgressNanos = owner.tools().now();
      excused = false;
    }
    if (all) {
      rest = null;
      owner.tools().counts().unparked();
    } else {
      watchForRoom(owner);
    }
  }

  /** Nothing more is to be written at present: a socket that is not full need not be watched. */
  void rest(Connection owner) {
    if (watched != null && !isBlocked()) {
      owner.tools().sockets().rest(watched);
    }
  }

  /**
   * The stall timer has come.
   *
   * @return whether the socket has taken no byte for the time-out, and for another one if the first
   *     was others' fault: by then these have been ended. If not, the timer comes again
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

  /** One last try: a socket that is full refuses it, and then there is nothing more to say. */
  void writeLast(byte[] bytes) {
    try {
      if (rest == null || !rest.hasRemaining() || output.offer(rest)) {
        output.offer(ByteBuffer.wrap(bytes));
      }
    } catch (IOException gone) {
      // that is what the caller is about to conclude anyway
    }
  }

  /** The connection has ended. */
  void close(Connection owner) {
    if (isBlocked()) {
      owner.tools().counts().unparked();
    }
    rest = null;
    // asked before: an output that is closed may have let go of it
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

  /** Or the client would wait for ever on a connection that nobody serves. */
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
