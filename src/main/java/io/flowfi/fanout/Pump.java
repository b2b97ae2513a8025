package io.flowfi.fanout;

import io.flowfi.counts.Arrivals;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that owns a share of the connections and gives them turns.
 *
 * <p>A {@link Round} brings the connections what was published since the last one: at low rates
 * every event leaves at once, at high rates one system call carries many. Between rounds these
 * connections get turns: those with a signal, those whose socket has room, those that catch up, and
 * those whose timer is due. Then the thread sleeps; a publish or a signal wakes it.
 *
 * <p>Other threads call only {@link #enqueue}, {@link #ask}, {@link #wake}, {@link #shutdown} and
 * the counts.
 */
final class Pump implements Runnable, Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  /**
   * How many connections get a single turn before newly published events go out: few enough to take
   * only a few milliseconds.
   */
  private static final int TURNS_BETWEEN_ROUNDS = 64;

  private final PumpTools tools;
  private final PumpCounts counts;
  private final Thread thread;

  // Other threads put in, this one takes out.
  private final Queue<Connection> inbox = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> errands = new ConcurrentLinkedQueue<>();
  private volatile boolean sleeping;
  private Duration shutdownLimit = Duration.ZERO; // written before the one below
  private volatile long shutdownAt;
  private volatile boolean stopped;

  // Used by this thread only.
  private final ConnectionSet connections = new ConnectionSet();
  private final Round round;
  private final Reminders reminders;
  private final SocketWatch sockets = new SocketWatch();
  private final Queue<Connection> again = new ArrayDeque<>();
  private final Set<Connection> ahead = new LinkedHashSet<>();
  private final PumpClock clock;

  Pump(
      int number,
      FrameRing ring,
      BacklogReaders readers,
      FanOutSettings settings,
      Wording wording,
      InstantSource wall,
      Arrivals arrivals) {
    this.clock = new PumpClock(wall);
    this.counts = new PumpCounts(arrivals);
    this.round = new Round(ring, connections, () -> !inbox.isEmpty(), clock.now(), counts);
    this.reminders = new Reminders(settings, clock.now());
    this.tools =
        new PumpTools(
            this,
            round,
            ring,
            readers,
            wording,
            counts,
            reminders,
            sockets,
            new FrameBlock(),
            clock);
    this.thread = new Thread(this, "fanout-pump-" + number);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  // ---- other threads
  // ----------------------------------------------------------------------------------------------

  @Override
  public void enqueue(Connection connection) {
    inbox.add(connection);
    if (stopped) {
      endLatecomers();
    } else {
      wake();
    }
  }

  /**
   * Makes the thread run a short, rare task on its connections: at most one for each pass of the
   * loop. The callers limit how many tasks wait.
   */
  void ask(Runnable errand) {
    errands.add(errand);
    if (stopped) {
      runErrands();
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
   * and end. A pump that was never started only releases what it holds.
   */
  void shutdown(Duration limit) {
    if (thread.getState() == Thread.State.NEW) {
      finish();
      return;
    }
    shutdownLimit = limit;
    shutdownAt = System.nanoTime() + limit.toNanos();
    sockets.wake();
  }

  /** Waits for the thread to be gone. */
  void awaitEnd(Duration limit) throws InterruptedException {
    TimeUnit.NANOSECONDS.timedJoin(thread, limit.toNanos());
  }

  boolean isRunning() {
    return !stopped;
  }

  PumpCounts counts() {
    return counts;
  }

  /** For this thread only: for its tasks. */
  ConnectionSet connections() {
    return connections;
  }

  /** For this thread only, except the counts. */
  ConnectionIndex index() {
    return round.index();
  }

  // ---- this thread: the loop
  // --------------------------------------------------------------------------------------

  @Override
  public void run() {
    boolean told = false;
    try {
      while (true) {
        clock.look();
        long now = clock.now();
        boolean worked = takeSignals();
        worked |= takeWritable();
        worked |= takeAgain();
        worked |= runErrand();
        if (round.run(now)) {
          worked = true;
          moveOnAhead();
        }
        reminders.turn(now);
        if (shutdownAt != 0) {
          if (!told && !round.isDue()) {
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
      // Exceptions of one connection are caught above, so this is a defect of the engine itself.
      LOG.error("fan-out pump died; its connections are closed so that their clients come back", e);
    } finally {
      connections.copy().forEach(c -> guarded(c, c::end));
      // Not earlier: from here on other threads end the connections that they enqueue, and two
      // threads must never end the same one. A thread that still saw false has already enqueued,
      // and its connection is found below.
      finish();
    }
  }

  private void finish() {
    stopped = true;
    sleeping = false;
    try {
      endLatecomers();
      runErrands();
    } finally {
      closeSockets();
    }
  }

  private void sleep() throws IOException {
    sleeping = true;
    // Checked after the flag is set: a thread that adds something now sees the flag and wakes this
    // thread.
    if (inbox.isEmpty() && errands.isEmpty() && !round.isDue()) {
      boolean forEver = reminders.isEmpty() && shutdownAt == 0;
      sockets.sleep(forEver ? 0 : Math.max(1, reminders.untilNextTick(System.nanoTime())));
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

  private boolean runErrand() {
    Runnable errand = errands.poll();
    if (errand == null) {
      return false;
    }
    try {
      errand.run();
    } catch (Throwable e) {
      LOG.error("something that was asked of the connections has failed", e);
    }
    return true;
  }

  /** After the end, when no connection is left, the asking thread runs it. */
  private synchronized void runErrands() {
    while (runErrand()) {
      // until there is none
    }
  }

  /**
   * A storm of new connections, or of connections that catch up, must not delay published events.
   */
  private boolean isRoundDue(int taken) {
    return taken >= TURNS_BETWEEN_ROUNDS && round.isDue();
  }

  /**
   * The position has changed: connections whose clients were ahead of it may be level with it now.
   */
  private void moveOnAhead() {
    if (!ahead.isEmpty()) {
      List<Connection> waiting = new ArrayList<>(ahead);
      ahead.clear();
      waiting.forEach(c -> guarded(c, c::advance));
    }
  }

  /** A connection that fails is closed; the others go on. */
  static void guarded(Connection c, Runnable step) {
    try {
      step.run();
    } catch (Throwable e) {
      LOG.error("{} failed and is closed", c, e);
      try {
        c.end();
      } catch (Throwable again) {
        LOG.error("closing {} failed", c, again);
      }
    }
  }

  private synchronized void endLatecomers() {
    for (Connection c = inbox.poll(); c != null; c = inbox.poll()) {
      guarded(c, c::end);
      // a finished read still holds a permit of the readers, and perhaps a snapshot
      guarded(c, c::onSignals);
    }
  }

  // ---- this thread: what connections ask of it
  // --------------------------------------------------------------------

  /** The tools that its connections share. */
  PumpTools tools() {
    return tools;
  }

  @Override
  public Duration stopLimit() {
    return shutdownAt == 0 ? Duration.ZERO : shutdownLimit;
  }

  @Override
  public void joined(Connection c) {
    round.join(c);
    connections.add(c);
    counts.opened(FilterKind.of(c.filter()), c.output().isOnSocket());
    reminders.ofHeartbeat(c, clock.now());
    if (shutdownAt != 0) {
      c.drain();
    }
  }

  @Override
  public void left(Connection c) {
    if (c.inIndex) {
      c.inIndex = false;
      round.leave(c);
    }
  }

  @Override
  public void ended(Connection c) {
    if (c.place != ConnectionSet.NONE) {
      reminders.forget(c);
      ahead.remove(c); // while nothing is published nobody else would take it out
      connections.remove(c);
      counts.ended(FilterKind.of(c.filter()), c.output().isOnSocket());
    }
  }

  @Override
  public void again(Connection c) {
    again.add(c);
  }

  @Override
  public void waitFor(Connection c) {
    ahead.add(c);
  }
}
