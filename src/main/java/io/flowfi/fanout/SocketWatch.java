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
 * Lets a pump sleep until a full socket has room again, another thread wakes it, or its time is
 * over.
 *
 * <p>A socket stays registered while its connection lasts, so that a client that is always a little
 * behind costs no registration for each block. Belongs to one pump thread, except {@link #wake()}.
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
   * Watches a socket for room.
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

  /** The socket has room: no watch until it is full again. */
  void rest(SelectionKey key) {
    try {
      key.interestOps(0);
    } catch (CancelledKeyException closed) {
      // the container has closed it, on its own thread, and is about to report that
    }
  }

  /** The connection has ended. Its socket can close once this thread has slept or polled again. */
  void forget(SelectionKey key) {
    watched--;
    forgotten = true;
    key.cancel();
  }

  /** Finds out which sockets have room now, unless {@link #poll} still has some to return. */
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

  /**
   * Waits for room in a socket, for {@link #wake()}, or for this many nanoseconds; 0 waits forever.
   */
  void sleep(long nanos) throws IOException {
    long millis = (nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1) / TimeUnit.MILLISECONDS.toNanos(1);
    forgotten = false;
    selector.select(this::ready, millis);
  }

  /** Any thread: ends the sleep, or the next one if there is none now. */
  void wake() {
    selector.wakeup();
  }

  /** The thread has ended: releases sockets that are still registered. */
  void close() throws IOException {
    selector.close();
  }

  private void ready(SelectionKey key) {
    writable.add((Connection) key.attachment());
  }
}
