package io.flowfi.fanout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Where a pump sleeps: until a full socket has room again, somebody wakes it, or its time has come.
 *
 * <p>A socket stays registered while its connection lasts, so that a client that is always a little
 * behind costs no registration at each block. Belongs to one pump thread, but for {@link #wake()}.
 */
final class SocketWatch {
  private final Selector selector;
  private final Queue<Connection> writable = new ArrayDeque<>();
  private int watched;
  private boolean forgotten;

  SocketWatch() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector for a pump", e);
    }
  }

  /**
   * Looks out for room in a socket.
   *
   * @param known what this returned for the same socket before; null the first time
   * @throws IOException if the socket is closed
   */
  SelectionKey watch(Connection connection, SelectableChannel socket, SelectionKey known)
      throws IOException {
    if (known == null) {
      SelectionKey key = socket.register(selector, SelectionKey.OP_WRITE, connection);
      watched++;
      return key;
    }
    try {
      known.interestOps(SelectionKey.OP_WRITE);
    } catch (CancelledKeyException closed) {
      throw (IOException) new ClosedChannelException().initCause(closed);
    }
    return known;
  }

  /** The socket has room: nothing to look out for until it is full again. */
  void rest(SelectionKey key) {
    try {
      key.interestOps(0);
    } catch (CancelledKeyException closed) {
      // by the container, on its own thread; it is about to say so
    }
  }

  /** The connection has ended. Its socket can close once this thread has slept or polled again. */
  void forget(SelectionKey key) {
    watched--;
    forgotten = true;
    key.cancel();
  }

  /**
   * Finds out which sockets have room now, unless some are known that {@link #poll} has not given.
   */
  void look() throws IOException {
    if (writable.isEmpty() && (watched > 0 || forgotten)) {
      forgotten = false;
      selector.selectNow(this::ready);
    }
  }

  /** The next connection whose socket has room, if it has not ended meanwhile; null if none. */
  Connection poll() {
    return writable.poll();
  }

  /** Waits for room in a socket, for {@link #wake()}, or for so long; 0 is for ever. */
  void sleep(long nanos) throws IOException {
    long millis = (nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1) / TimeUnit.MILLISECONDS.toNanos(1);
    forgotten = false;
    selector.select(this::ready, millis);
  }

  /** Any thread: ends the sleep, or the next one if there is none now. */
  void wake() {
    selector.wakeup();
  }

  /** The thread has ended; sockets that are still registered are let go. */
  void close() throws IOException {
    selector.close();
  }

  private void ready(SelectionKey key) {
    writable.add((Connection) key.attachment());
  }
}
