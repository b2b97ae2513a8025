package io.flowfi.fanout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The part of a connection that other threads hold. They only raise signals here; the pump takes
 * the signals and moves the {@link Connection}, so there are no locks. All methods return at once.
 */
final class ConnectionHandle implements Subscriber {
  static final int STARTED = 1;
  static final int WRITABLE = 1 << 1;
  static final int GONE = 1 << 2;
  static final int CLOSE = 1 << 3;
  static final int READ = 1 << 4;
  static final int NOTICE = 1 << 5;

  private static final int MAX_NOTICES = 16;

  private static final int NEW = 0;
  private static final int OPEN = 1;
  private static final int CLOSED = 2;

  private static final VarHandle SIGNALS;
  private static final VarHandle LIFE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SIGNALS = lookup.findVarHandle(ConnectionHandle.class, "signals", int.class);
      LIFE = lookup.findVarHandle(ConnectionHandle.class, "life", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Connection connection;
  private SubscriptionListener listener;

  @SuppressWarnings("unused") // through SIGNALS
  private volatile int signals;

  private long sentThrough = -1; // published by life

  private volatile int life;
  private volatile CloseReason closeReason;
  private volatile ReadQueue.Reading reading;

  /** Under this object's monitor; null while there is none, which is nearly always. */
  private volatile Queue<byte[]> notices;

  ConnectionHandle(Connection connection, SubscriptionListener listener) {
    this.connection = connection;
    this.listener = listener;
  }

  // ---- any thread

  @Override
  public void start(EventOutput output) {
    connection.takeOutput(output);
    if (!LIFE.compareAndSet(this, NEW, OPEN)) {
      output.close();
      return;
    }
    signal(STARTED);
  }

  @Override
  public void writable() {
    signal(WRITABLE);
  }

  @Override
  public void disconnected() {
    if (!closeBeforeStart()) {
      signal(GONE);
    }
  }

  @Override
  public boolean send(byte[] frame) {
    if (isClosed() || frame.length > ConnectionOutput.MAX_WAITING_BYTES) {
      return false;
    }
    synchronized (this) {
      Queue<byte[]> waiting = notices == null ? new ArrayDeque<>(2) : notices;
      if (waiting.size() == MAX_NOTICES) {
        return false;
      }
      waiting.add(frame);
      notices = waiting;
    }
    signal(NOTICE);
    return true;
  }

  @Override
  public void close(CloseReason reason) {
    closeReason = reason;
    close();
  }

  @Override
  public void close() {
    if (!closeBeforeStart()) {
      signal(CLOSE);
    }
  }

  // Before the start no pump knows the connection, so this thread ends it.
  private boolean closeBeforeStart() {
    boolean first = LIFE.compareAndSet(this, NEW, CLOSED);
    if (first) {
      CloseReason reason = closeReason;
      if (reason != null) {
        closing(reason);
      }
      released();
    }
    return first;
  }

  @Override
  public boolean isClosed() {
    return life == CLOSED;
  }

  @Override
  public long sentThrough() {
    return isClosed() ? sentThrough : -1;
  }

  /** A backlog reader has finished a request. */
  void readEnded(ReadQueue.Reading ended) {
    reading = ended;
    signal(READ);
  }

  private void signal(int what) {
    int before = (int) SIGNALS.getAndBitwiseOr(this, what);
    if (before == 0) {
      connection.tools().turns().enqueue(connection);
    }
  }

  // ---- the pump thread

  /** Takes the signals raised since the last time. */
  int takeSignals() {
    return (int) SIGNALS.getAndSet(this, 0);
  }

  ReadQueue.Reading takeReading() {
    ReadQueue.Reading ended = reading;
    reading = null;
    return ended;
  }

  /** The next frame outside the log; null if there is none. */
  byte[] pollNotice() {
    if (notices == null) {
      return null;
    }
    synchronized (this) {
      byte[] next = notices.poll();
      if (notices.isEmpty()) {
        notices = null;
      }
      return next;
    }
  }

  /** A frame that was sent to it was dropped. */
  void missed() {
    listener.missed();
  }

  /** The server has decided to end it. */
  void closing(CloseReason reason) {
    listener.closing(reason);
  }

  CloseReason closeReason() {
    return closeReason;
  }

  /**
   * Ends a connection that was never started. It has no output yet, but frames may already have
   * been sent to it. A later start finds it closed.
   *
   * @return false if it has been started
   */
  boolean endsBeforeStart() {
    return closeBeforeStart() || isClosed();
  }

  /** The position from which the client continues is known. */
  void began(long after) {
    listener.began(after);
  }

  /** The connection has ended, once. */
  void markClosed(long lastSent) {
    sentThrough = lastSent;
    life = CLOSED;
    synchronized (this) {
      notices = null;
    }
  }

  /** Tells the owner, exactly once. Called by the thread that ended the connection. */
  void released() {
    SubscriptionListener released = listener;
    listener = null;
    released.ended(sentThrough);
  }
}
