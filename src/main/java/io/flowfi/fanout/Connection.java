package io.flowfi.fanout;

import io.flowfi.fanout.BacklogReaders.Result;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.EventType;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * One subscriber as the engine sees it: a filter, a cursor and an output.
 *
 * <p>Other threads only raise signals; everything else happens on the one pump thread that owns the
 * connection, so nothing here is locked. The life of a connection:
 *
 * <pre>
 *   NEW --start--> SNAPSHOT? --> BEHIND &lt;--> LIVE --> CLOSING --> CLOSED
 * </pre>
 *
 * While LIVE, everything that matches up to the pump's position has been written, and the pump
 * hands over what comes. A socket that is full makes it BEHIND: its cursor stays where the socket
 * stopped, and when the socket is writable it reads on from there, from the ring or from the log.
 * Nothing is queued for it but the rest of a frame that is half on its way.
 *
 * <p>Longer than most classes here because it is one state machine; its parts share all of its
 * state.
 */
final class Connection implements Subscriber {
  private static final int STARTED = 1;
  private static final int WRITABLE = 1 << 1;
  private static final int GONE = 1 << 2;
  private static final int CLOSE = 1 << 3;
  private static final int READ = 1 << 4;
  private static final int NOTICE = 1 << 5;

  /**
   * Bytes outside the log that may wait behind a full socket: enough for closing words, nowhere to
   * hoard.
   */
  private static final int MAX_WAITING_BYTES = 64 * 1024;

  private static final int MAX_NOTICES = 16;

  /** What a lifetime is cut to: nothing here lives longer, and nanoseconds do not overflow. */
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(3650);

  private enum Mode {
    NEW,
    SNAPSHOT,
    BEHIND,
    LIVE,
    CLOSING,
    CLOSED
  }

  private static final VarHandle SIGNALS;
  private static final VarHandle LIFE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SIGNALS = lookup.findVarHandle(Connection.class, "signals", int.class);
      LIFE = lookup.findVarHandle(Connection.class, "life", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int LIFE_NEW = 0;
  private static final int LIFE_OPEN = 1;
  private static final int LIFE_CLOSED = 2;

  // Shared with other threads.
  @SuppressWarnings("unused") // through SIGNALS
  private volatile int signals;

  private volatile int life;
  private volatile CloseReason closeReason;
  private volatile Result readResult;
  private volatile Queue<byte[]> notices;

  // Set before the connection is handed to its pump.
  private final Pump pump;
  private final Subscription subscription;
  private final List<FilterKey> keys;
  private final Set<FilterKey> keySet;
  private final int typeMask;
  private Runnable onClosed;
  private EventOutput output;

  // The pump thread's own.
  private Mode mode = Mode.NEW;
  private long cursor;
  private boolean greeted;
  private boolean inIndex;
  private boolean inPump;
  private boolean blocked;
  private boolean reading;
  private boolean stallTimer;
  private boolean closeWhenLive;
  private boolean expires;
  private long expiresNanos;
  private ByteBuffer rest;
  private Backlog.Snapshot snapshot;
  private long lastWriteNanos;
  private long lastIdSent;

  /** This connection's chain within the round, kept by {@link RoundMatches}. */
  int firstMatch = RoundMatches.NONE;

  int lastMatch = RoundMatches.NONE;

  Connection(Pump pump, Subscription subscription, List<FilterKey> keys, Runnable onClosed) {
    this.pump = pump;
    this.subscription = subscription;
    this.keys = keys;
    this.keySet = Set.copyOf(keys);
    this.typeMask = typeMask(subscription.filter().types());
    this.onClosed = onClosed;
  }

  private static int typeMask(Set<EventType> types) {
    int mask = 0;
    for (EventType type : types) {
      mask |= 1 << type.ordinal();
    }
    return mask == 0 ? -1 : mask;
  }

  EventFilter filter() {
    return subscription.filter();
  }

  List<FilterKey> keys() {
    return keys;
  }

  boolean wantsEverything() {
    return typeMask == -1 && subscription.filter().all();
  }

  // ---- any thread
  // -------------------------------------------------------------------------------------------------

  @Override
  public void start(EventOutput newOutput) {
    output = newOutput;
    if (!LIFE.compareAndSet(this, LIFE_NEW, LIFE_OPEN)) {
      newOutput.close();
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
    if (isClosed() || frame.length > MAX_WAITING_BYTES) {
      return false;
    }
    Queue<byte[]> queue;
    synchronized (this) {
      if (notices == null) {
        notices = new ArrayBlockingQueue<>(MAX_NOTICES);
      }
      queue = notices;
    }
    if (!queue.offer(frame)) {
      return false;
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

  // Before the start no pump knows the connection, so it ends here.
  private boolean closeBeforeStart() {
    boolean first = LIFE.compareAndSet(this, LIFE_NEW, LIFE_CLOSED);
    if (first) {
      onClosed.run();
    }
    return first;
  }

  @Override
  public boolean isClosed() {
    return life == LIFE_CLOSED;
  }

  /**
   * A backlog reader is done; null if it gave up because this connection or the engine has ended.
   */
  void readEnded(Result result) {
    readResult = result;
    signal(READ);
  }

  private void signal(int what) {
    int before = (int) SIGNALS.getAndBitwiseOr(this, what);
    if (before == 0) {
      pump.enqueue(this);
    }
  }

  // ---- the pump thread
  // --------------------------------------------------------------------------------------------

  /** Deals with what other threads have signalled since the last time. */
  void onSignals() {
    int raised = (int) SIGNALS.getAndSet(this, 0);
    if ((raised & READ) != 0) {
      onRead();
    }
    if (mode == Mode.CLOSED || mode == Mode.NEW && life == LIFE_CLOSED) {
      return; // ended already, in the second case before it was started
    }
    if ((raised & STARTED) != 0) {
      begin();
    }
    if ((raised & GONE) != 0) {
      end();
    }
    if ((raised & WRITABLE) != 0 && blocked && mode != Mode.CLOSED) {
      unblock();
    }
    if ((raised & NOTICE) != 0 && greeted) {
      writeNotices();
    }
    if ((raised & CLOSE) != 0) {
      beginClose(closeReason);
    }
  }

  private void begin() {
    lastWriteNanos = pump.now();
    inIndex = true;
    inPump = true;
    subscription.lifetime().ifPresent(this::limitLifetime);
    pump.joined(this);
    long head = pump.position();
    if (subscription.resumeAfter().isPresent()) {
      cursor = subscription.resumeAfter().get().value();
      mode = Mode.BEHIND;
      if (cursor <= pump.ring().head() && cursor + 1 >= pump.ring().tail()) {
        greet(cursor);
      }
      // else the log must first say whether it can be continued from there
      advance();
    } else if (subscription.snapshot()) {
      openSnapshot();
    } else {
      cursor = head;
      mode = Mode.LIVE;
      greet(head);
    }
    if (closeWhenLive && mode == Mode.LIVE) {
      beginClose(CloseReason.SHUTDOWN);
    }
  }

  private void limitLifetime(Duration lifetime) {
    Duration limited = lifetime.compareTo(LONGEST_LIFETIME) < 0 ? lifetime : LONGEST_LIFETIME;
    expires = true;
    expiresNanos = pump.now() + Math.max(0, limited.toNanos());
  }

  private void greet(long start) {
    greeted = true;
    lastIdSent = start;
    long head = Math.max(pump.ring().head(), start);
    write(pump.frames().connected(subscription.clientId(), start, head));
    writeNotices();
  }

  private void openSnapshot() {
    mode = Mode.SNAPSHOT;
    cursor = 0;
    reading = true;
    pump.readers().openSnapshot(this);
  }

  /**
   * Writes on from the cursor until level with the pump, the socket is full, or it is others' turn.
   */
  void advance() {
    int budget = 4;
    while (mode == Mode.BEHIND && !blocked && !reading) {
      if (greeted && cursor > pump.position()) {
        // This node has not reached the client's cursor yet; wait for it.
        pump.waitFor(this);
        return;
      }
      if (greeted && cursor == pump.position()) {
        becomeLive();
        return;
      }
      if (!greeted || cursor + 1 < pump.ring().tail()) {
        reading = true;
        pump.readers().readLog(this, cursor);
        return;
      }
      if (budget-- == 0) {
        pump.again(this);
        return;
      }
      writeFromRing();
    }
    if (mode == Mode.SNAPSHOT && !blocked && !reading && snapshot != null) {
      reading = true;
      pump.readers().readSnapshot(this, snapshot, cursor);
    }
  }

  private void writeFromRing() {
    FrameBlock block = pump.scratch();
    block.clear();
    long seen = cursor;
    while (seen < pump.position()) {
      Frame frame = pump.ring().get(seen + 1);
      if (frame == null || matches(frame) && !block.add(frame.bytes(), seen + 1)) {
        break;
      }
      seen++;
    }
    if (block.isEmpty() || write(block)) {
      cursor = seen;
    }
  }

  private void becomeLive() {
    mode = Mode.LIVE;
    if (closeWhenLive) {
      beginClose(CloseReason.SHUTDOWN);
    }
  }

  boolean matches(Frame frame) {
    if (!wantsType(frame)) {
      return false;
    }
    for (FilterKey key : frame.keys()) {
      if (keySet.contains(key)) {
        return true;
      }
    }
    return false;
  }

  private void onRead() {
    Result result = readResult;
    readResult = null;
    reading = false;
    if (result == null) {
      closeSnapshot();
      return;
    }
    try {
      if (result instanceof Result.Opened opened) {
        snapshot = opened.snapshot();
      }
      if (mode == Mode.CLOSED || mode == Mode.CLOSING) {
        closeSnapshot();
        return;
      }
      take(result);
    } finally {
      pump.readers().taken();
    }
    advance();
  }

  private void take(Result result) {
    if (result instanceof Result.Frames frames) {
      takeLogPage(frames.page());
    } else if (result instanceof Result.Unreachable unreachable) {
      reset(unreachable);
    } else if (result instanceof Result.Opened opened) {
      greeted = true;
      lastIdSent = -1;
      long position = opened.snapshot().position().value();
      write(pump.frames().connected(subscription.clientId(), -1, position));
      writeNotices();
    } else if (result instanceof Result.States states) {
      takeStates(states.frames());
    }
  }

  private void takeLogPage(Backlog.Page page) {
    if (!greeted) {
      greet(cursor);
    }
    FrameBlock block = pump.scratch();
    block.clear();
    long level = pump.position();
    for (Frame frame : page.frames()) {
      long position = frame.position().value();
      if (position > level) {
        break; // the pump is about to bring this one itself
      }
      if (!block.add(frame.bytes(), position)) {
        if (blocked || !write(block)) {
          return;
        }
        cursor = block.position(block.count());
        block.clear();
        block.add(frame.bytes(), position);
      }
    }
    if (!block.isEmpty() && (blocked || !write(block))) {
      return;
    }
    cursor = Math.max(cursor, Math.min(page.through().value(), level));
  }

  private void reset(Result.Unreachable unreachable) {
    long start = pump.position();
    if (!greeted) {
      greet(start);
    }
    write(pump.frames().reset(unreachable.reason(), unreachable.bounds(), start));
    lastIdSent = start;
    if (subscription.snapshot()) {
      openSnapshot();
    } else {
      cursor = start;
    }
  }

  private void takeStates(List<byte[]> frames) {
    if (blocked) {
      return; // read again from the same place when there is room
    }
    if (frames.isEmpty()) {
      cursor = snapshot.position().value();
      closeSnapshot();
      mode = Mode.BEHIND;
      write(pump.frames().position(cursor));
      lastIdSent = cursor;
      return;
    }
    FrameBlock block = pump.scratch();
    block.clear();
    long next = cursor;
    for (byte[] frame : frames) {
      if (!block.add(frame, next + 1)) {
        break;
      }
      next++;
    }
    if (write(block)) {
      cursor = next;
    }
  }

  private void closeSnapshot() {
    if (snapshot != null && !reading) {
      snapshot.close();
      snapshot = null;
    }
  }

  /** Whether the pump should hand this connection what it has just read from the ring. */
  boolean isReady() {
    return mode == Mode.LIVE;
  }

  boolean wantsType(Frame frame) {
    return (typeMask & 1 << frame.type().ordinal()) != 0;
  }

  /**
   * Writes a round's frames to this LIVE connection.
   *
   * @param before the pump's position before the round, from where it goes on if the socket takes
   *     nothing
   */
  void deliver(FrameBlock block, long before) {
    cursor = before;
    if (!write(block) && mode == Mode.LIVE) {
      mode = Mode.BEHIND;
    }
  }

  /** The pump has lost its place in the ring; this connection goes on from the log. */
  void fallBehind(long position) {
    if (mode == Mode.LIVE) {
      cursor = position;
      mode = Mode.BEHIND;
      pump.again(this);
    }
  }

  /** Ends with closing words as soon as everything published is on its way. */
  void drain() {
    closeWhenLive = true;
    if (mode == Mode.LIVE) {
      beginClose(CloseReason.SHUTDOWN);
    }
  }

  /**
   * Offers a block; if the socket took only a part, moves the cursor to what is on its way and
   * keeps the rest of a frame.
   */
  private boolean write(FrameBlock block) {
    ByteBuffer view = block.view();
    try {
      boolean all = output.offer(view);
      int taken = view.position();
      int begun = all ? block.count() : block.begunWithin(taken);
      if (begun > 0) {
        lastWriteNanos = pump.now();
        pump.delivered(begun);
        cursor = block.position(begun);
        lastIdSent = mode == Mode.SNAPSHOT ? lastIdSent : cursor;
      }
      if (!all) {
        rest = block.restOfFrame(taken);
        block();
      }
      return all;
    } catch (IOException gone) {
      end();
      return false;
    }
  }

  /** Writes bytes that are not of the log: at once, or behind the frame that is half on its way. */
  private void write(byte[] bytes) {
    if (mode == Mode.CLOSED) {
      return;
    }
    if (blocked) {
      appendToRest(bytes);
      return;
    }
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      boolean all = output.offer(buffer);
      lastWriteNanos = pump.now();
      if (!all) {
        rest = buffer.hasRemaining() ? buffer : null;
        block();
        if (mode == Mode.LIVE) {
          mode = Mode.BEHIND;
          cursor = pump.position();
        }
      }
    } catch (IOException gone) {
      end();
    }
  }

  private void appendToRest(byte[] bytes) {
    int waiting = rest == null ? 0 : rest.remaining();
    if (waiting + bytes.length > MAX_WAITING_BYTES) {
      end();
      return;
    }
    ByteBuffer joined = ByteBuffer.allocate(waiting + bytes.length);
    if (rest != null) {
      joined.put(rest);
    }
    rest = joined.put(bytes).flip();
  }

  private void writeNotices() {
    Queue<byte[]> queue = notices;
    for (byte[] notice = poll(queue); notice != null && mode != Mode.CLOSED; notice = poll(queue)) {
      write(notice);
    }
  }

  private static byte[] poll(Queue<byte[]> queue) {
    return queue == null ? null : queue.poll();
  }

  private void block() {
    if (!blocked) {
      blocked = true;
      pump.parked(1);
      lastWriteNanos = pump.now();
    }
    if (!stallTimer) {
      stallTimer = true;
      pump.remindOfStall(this, lastWriteNanos);
    }
  }

  private void unblock() {
    blocked = false;
    pump.parked(-1);
    if (rest != null) {
      try {
        int before = rest.remaining();
        boolean all = output.offer(rest);
        if (rest.remaining() < before) {
          lastWriteNanos = pump.now();
        }
        if (!all) {
          rest = rest.hasRemaining() ? rest : null;
          long progress = lastWriteNanos;
          block();
          lastWriteNanos = progress; // being asked again is no progress
          return;
        }
        rest = null;
      } catch (IOException gone) {
        end();
        return;
      }
    }
    if (mode == Mode.CLOSING) {
      end();
    } else {
      advance();
    }
  }

  /**
   * When the heartbeat timer must come at the latest. The end of a lifetime has no timer of its
   * own: that would keep connections in the wheel for hours after they have ended.
   */
  long heartbeatNoLaterThan(long dueNanos) {
    return expires && expiresNanos - dueNanos < 0 ? expiresNanos : dueNanos;
  }

  /**
   * Says that the connection lives, and moves the client's cursor, if nothing was written for the
   * interval; or ends it if its lifetime is over.
   */
  void onHeartbeatTimer(long now, long intervalNanos) {
    if (mode == Mode.CLOSED) {
      return;
    }
    if (expires && now - expiresNanos >= 0) {
      expires = false;
      beginClose(CloseReason.TOKEN_EXPIRED);
    }
    if (!blocked && mode != Mode.CLOSING && now - lastWriteNanos >= intervalNanos) {
      if (mode == Mode.LIVE && pump.position() > lastIdSent) {
        lastIdSent = pump.position();
        write(pump.frames().heartbeat(lastIdSent));
      } else {
        write(ControlFrames.HEARTBEAT);
      }
    }
    if (mode != Mode.CLOSED) {
      pump.remindOfHeartbeat(this, lastWriteNanos);
    }
  }

  /** Gives up on a socket that has taken no byte for the time-out. */
  void onStallTimer(long now, long timeoutNanos) {
    stallTimer = false;
    if (mode == Mode.CLOSED || !blocked) {
      return;
    }
    if (now - lastWriteNanos < timeoutNanos) {
      stallTimer = true;
      pump.remindOfStall(this, lastWriteNanos);
      return;
    }
    if (mode != Mode.CLOSING) {
      pump.slowClientClosed();
    }
    sayGoodbyeOnce(CloseReason.SLOW_CLIENT);
    end();
  }

  /** One last try: a socket that is full refuses it, and then there is nothing more to say. */
  private void sayGoodbyeOnce(CloseReason reason) {
    try {
      if (rest == null || output.offer(rest)) {
        output.offer(ByteBuffer.wrap(pump.frames().reconnect(reason)));
      }
    } catch (IOException gone) {
      // that is what we are about to conclude anyway
    }
  }

  private void beginClose(CloseReason reason) {
    if (mode == Mode.CLOSED || mode == Mode.CLOSING) {
      return;
    }
    if (reason != null) {
      write(pump.frames().reconnect(reason));
    }
    if (mode == Mode.CLOSED) {
      return;
    }
    mode = Mode.CLOSING;
    leaveIndex();
    if (!blocked) {
      end();
    }
  }

  private void leaveIndex() {
    if (inIndex) {
      inIndex = false;
      pump.left(this);
    }
  }

  boolean isInIndex() {
    return inIndex;
  }

  /** The end, however it came about; the only place that releases what the connection holds. */
  void end() {
    if (mode == Mode.CLOSED) {
      return;
    }
    mode = Mode.CLOSED;
    life = LIFE_CLOSED;
    if (blocked) {
      blocked = false;
      pump.parked(-1);
    }
    leaveIndex();
    closeSnapshot();
    output.close();
    rest = null;
    notices = null;
    Runnable released = onClosed;
    onClosed = null;
    if (inPump) {
      inPump = false;
      pump.ended(this);
    }
    released.run();
  }

  @Override
  public String toString() {
    return "Connection " + subscription.clientId() + " " + mode + " at " + cursor;
  }

  /** For tests and diagnosis. */
  LogPosition cursor() {
    return new LogPosition(mode == Mode.LIVE ? pump.position() : cursor);
  }
}
