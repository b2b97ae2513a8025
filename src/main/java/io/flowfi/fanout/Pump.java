package io.flowfi.fanout;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that owns a share of the connections and moves them along the log.
 *
 * <p>Each round takes everything published since the last one, finds the connections that match,
 * and writes each of them one block: at low rates every event leaves at once, at high rates one
 * system call carries many. Between rounds the thread sleeps; a publish or a signal wakes it.
 *
 * <p>Other threads call only {@link #enqueue}, {@link #wake}, {@link #shutdown} and the counters.
 */
final class Pump implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  /**
   * How many connections may be dealt with one by one before what was published meanwhile goes out:
   * few enough to be done within a few milliseconds.
   */
  private static final int TURNS_BETWEEN_ROUNDS = 64;

  private static final long WARNING_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final FrameRing ring;
  private final BacklogReaders readers;
  private final ControlFrames frames;
  private final long heartbeatNanos;
  private final long stallNanos;
  private final Thread thread;

  // Other threads put in, this one takes out.
  private final Queue<Connection> inbox = new ConcurrentLinkedQueue<>();
  private final CountDownLatch terminated = new CountDownLatch(1);
  private volatile boolean sleeping;
  private volatile long shutdownAt;
  private volatile boolean stopped;

  // This thread's own.
  private final ConnectionIndex index = new ConnectionIndex();
  private final ConnectionSet connections = new ConnectionSet();
  private final TimerWheel timers;
  private final SocketWatch sockets = new SocketWatch();
  private final Queue<Connection> again = new ArrayDeque<>();
  private final List<Connection> ahead = new ArrayList<>();
  private final FrameBlock round = new FrameBlock();
  private final FrameBlock scratch = new FrameBlock();
  private final RoundMatches matches = new RoundMatches();
  private final List<Connection> leaving = new ArrayList<>();
  private long now = System.nanoTime();
  private long lastWarningNanos = now - WARNING_INTERVAL_NANOS;
  private boolean inRound;

  // Written by this thread, read by whoever asks for statistics.
  private volatile long position;
  private volatile long delivered;
  private volatile long slowClientsClosed;
  private volatile int parked;
  private volatile int open;

  Pump(int number, FrameRing ring, BacklogReaders readers, FanOutSettings settings) {
    this.ring = ring;
    this.readers = readers;
    this.frames = new ControlFrames(settings.retryMillis());
    this.heartbeatNanos = settings.heartbeatInterval().toNanos();
    this.stallNanos = settings.stallTimeout().toNanos();
    this.position = ring.head();
    long finest = TimeUnit.MILLISECONDS.toNanos(10);
    long coarsest = TimeUnit.MILLISECONDS.toNanos(250);
    long tick = Math.min(coarsest, Math.max(finest, Math.min(heartbeatNanos, stallNanos) / 32));
    this.timers = new TimerWheel(tick, now);
    this.thread = new Thread(this, "fanout-pump-" + number);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  // ---- other threads
  // ----------------------------------------------------------------------------------------------

  /** A connection has signals to deal with. */
  void enqueue(Connection connection) {
    inbox.add(connection);
    if (stopped) {
      endLatecomers();
    } else {
      wake();
    }
  }

  /** There is something new in the ring or the inbox. */
  void wake() {
    if (sleeping) {
      sockets.wake();
    }
  }

  /**
   * Asks the thread to deliver what is published, close every connection with {@code reconnect},
   * and end.
   */
  void shutdown(Duration limit) {
    shutdownAt = System.nanoTime() + limit.toNanos();
    sockets.wake();
  }

  boolean awaitTermination(Duration limit) throws InterruptedException {
    return terminated.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  boolean isRunning() {
    return !stopped;
  }

  int open() {
    return open;
  }

  long deliveredFrames() {
    return delivered;
  }

  long slowClients() {
    return slowClientsClosed;
  }

  int parkedNow() {
    return parked;
  }

  ConnectionIndex index() {
    return index;
  }

  // ---- this thread: the loop
  // --------------------------------------------------------------------------------------

  @Override
  public void run() {
    boolean told = false;
    try {
      while (true) {
        now = System.nanoTime();
        boolean worked = takeSignals();
        worked |= takeWritable();
        worked |= takeAgain();
        worked |= round();
        timers.turn(now, this::onTimer);
        if (shutdownAt != 0) {
          if (!told && position == ring.head()) {
            told = true;
            connections.copy().forEach(c -> guarded(c, c::drain));
          }
          if (connections.isEmpty() && inbox.isEmpty() || now - shutdownAt >= 0) {
            break;
          }
        }
        if (!worked) {
          sleep();
        }
      }
    } catch (Throwable e) {
      // Nothing above lets an exception of one connection through: this is a defect of the engine
      // itself.
      LOG.error("fan-out pump died; its connections are closed so that their clients come back", e);
    } finally {
      connections.copy().forEach(c -> guarded(c, c::end));
      // Not before: from here on others end whom they enqueue, and two threads must never end one.
      // Whoever still saw false has enqueued before, and is found below.
      stopped = true;
      endLatecomers();
      closeSockets();
      terminated.countDown();
    }
  }

  private void sleep() throws IOException {
    sleeping = true;
    // Checked after the flag is up: whoever adds something now sees it and wakes the thread.
    if (inbox.isEmpty() && ring.head() == position) {
      boolean forEver = timers.isEmpty() && shutdownAt == 0;
      sockets.sleep(forEver ? 0 : Math.max(1, timers.untilNextTick(System.nanoTime())));
    }
    sleeping = false;
  }

  private void closeSockets() {
    try {
      sockets.close();
    } catch (IOException e) {
      LOG.warn("the selector of a pump that has ended could not be closed", e);
    }
  }

  private boolean takeSignals() {
    int taken = 0;
    while (!isRoundDue(taken)) {
      Connection c = inbox.poll();
      if (c == null) {
        break;
      }
      guarded(c, c::onSignals);
      taken++;
    }
    return taken > 0;
  }

  private boolean takeWritable() throws IOException {
    sockets.look();
    int taken = 0;
    while (!isRoundDue(taken)) {
      Connection c = sockets.poll();
      if (c == null) {
        break;
      }
      guarded(c, c::onWritable);
      taken++;
    }
    return taken > 0;
  }

  private boolean takeAgain() {
    int turns = again.size();
    int taken = 0;
    while (taken < turns && !isRoundDue(taken)) {
      Connection c = again.poll();
      guarded(c, c::advance);
      taken++;
    }
    return taken > 0;
  }

  /** A storm of connects, or of those who catch up, must not hold back what is published. */
  private boolean isRoundDue(int taken) {
    return taken >= TURNS_BETWEEN_ROUNDS && ring.head() != position;
  }

  /** One round: everything published since the last one, as far as it fits a block. */
  private boolean round() {
    long before = position;
    long head = ring.head();
    if (head == before) {
      return false;
    }
    round.clear();
    long seen = before;
    while (seen < head) {
      Frame frame = ring.get(seen + 1);
      if (frame == null) {
        fallBehind();
        return true;
      }
      if (!round.add(frame.bytes(), seen + 1)) {
        break;
      }
      matches.add(frame, index);
      seen++;
      if (matches.isFull()) {
        break;
      }
    }
    ConnectionList everything = index.everything();
    for (int i = 0; i < everything.size(); i++) {
      Connection c = everything.get(i);
      if (c.isReady()) {
        deliver(c, round, before);
      }
    }
    matches.deliver(this, before);
    position = seen;
    finishLeaving();
    moveOnAhead();
    return true;
  }

  /** The position has changed: those whose clients were ahead of it may be level with it now. */
  private void moveOnAhead() {
    if (!ahead.isEmpty()) {
      List<Connection> waiting = new ArrayList<>(ahead);
      ahead.clear();
      waiting.forEach(c -> guarded(c, c::advance));
    }
  }

  /**
   * Writes to one connection within a round; leaving the index waits until the lists are no longer
   * walked.
   */
  void deliver(Connection c, FrameBlock block, long before) {
    inRound = true;
    try {
      c.deliver(block, before);
    } catch (RuntimeException e) {
      LOG.error("delivery to {} failed; it is closed", c, e);
      c.end();
    } finally {
      inRound = false;
    }
  }

  private void finishLeaving() {
    if (!leaving.isEmpty()) {
      leaving.forEach(index::leave);
      leaving.clear();
    }
  }

  /**
   * The ring has moved past this pump: its connections go on from the log, each from where the pump
   * stood.
   */
  private void fallBehind() {
    if (now - lastWarningNanos >= WARNING_INTERVAL_NANOS) {
      lastWarningNanos = now;
      LOG.warn("fan-out fell behind the ring at {}; connections continue from the log", position);
    }
    matches.clear();
    long stoodAt = position;
    position = ring.head();
    connections.copy().forEach(c -> c.fallBehind(stoodAt));
    moveOnAhead();
  }

  private void onTimer(Connection c, TimerWheel.Timer timer) {
    if (timer == TimerWheel.Timer.HEARTBEAT) {
      guarded(c, () -> c.onHeartbeatTimer(now, heartbeatNanos));
    } else {
      guarded(c, () -> c.onStallTimer(now, stallNanos));
    }
  }

  /** One connection's failure is its own: it is closed, the others go on. */
  private void guarded(Connection c, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOG.error("{} failed and is closed", c, e);
      try {
        c.end();
      } catch (RuntimeException again) {
        LOG.error("closing {} failed", c, again);
      }
    }
  }

  private synchronized void endLatecomers() {
    for (Connection c = inbox.poll(); c != null; c = inbox.poll()) {
      guarded(c, c::end);
      // what was read for it still holds a permit of the readers, and perhaps a snapshot
      guarded(c, c::onSignals);
    }
  }

  // ---- this thread: what connections ask of it
  // --------------------------------------------------------------------

  FrameRing ring() {
    return ring;
  }

  BacklogReaders readers() {
    return readers;
  }

  ControlFrames frames() {
    return frames;
  }

  /** A block to fill and write at once. */
  FrameBlock scratch() {
    return scratch;
  }

  /** The last position every LIVE connection of this pump has been given, as far as it matches. */
  long position() {
    return position;
  }

  /** Nanoseconds, taken once a turn of the loop. */
  long now() {
    return now;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void joined(Connection c) {
    index.join(c);
    connections.add(c);
    open++;
    remindOfHeartbeat(c, now);
    if (shutdownAt != 0) {
      c.drain();
    }
  }

  void left(Connection c) {
    if (inRound) {
      leaving.add(c);
    } else {
      index.leave(c);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void ended(Connection c) {
    connections.remove(c);
    open--;
  }

  void again(Connection c) {
    again.add(c);
  }

  /** Brings the connection back when its socket has room, see {@link SocketWatch#watch}. */
  SelectionKey watch(Connection c, SelectableChannel socket, SelectionKey known)
      throws IOException {
    return sockets.watch(c, socket, known);
  }

  void rest(SelectionKey key) {
    sockets.rest(key);
  }

  void forget(SelectionKey key) {
    sockets.forget(key);
  }

  void waitFor(Connection c) {
    ahead.add(c);
  }

  // Spread over a fifth of the interval, so that connections written together are not all reminded
  // together.
  void remindOfHeartbeat(Connection c, long lastWriteNanos) {
    long spread = ThreadLocalRandom.current().nextLong(heartbeatNanos / 5 + 1);
    long due = c.heartbeatNoLaterThan(lastWriteNanos + heartbeatNanos + spread);
    timers.schedule(c, TimerWheel.Timer.HEARTBEAT, due);
  }

  void remindOfStall(Connection c, long lastProgressNanos) {
    timers.schedule(c, TimerWheel.Timer.STALL, lastProgressNanos + stallNanos);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void delivered(int count) {
    delivered += count;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void slowClientClosed() {
    slowClientsClosed++;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void parked(int by) {
    parked += by;
  }
}
