package io.flowfi.fanout;

import io.flowfi.fanout.BacklogReaders.Result;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.stream.EventType;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * One subscriber as its pump sees it: a filter, a cursor and an output. Belongs to the one pump
 * thread that owns it; other threads hold its {@link ConnectionHandle}. The life of a connection:
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
final class Connection {
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

  // Set before the connection is handed to its pump.
  private final Pump pump;
  private final Subscription subscription;
  private final int typeMask;
  private final ConnectionHandle handle;
  private ConnectionOutput output;

  private Mode mode = Mode.NEW;
  private long cursor;
  private boolean greeted;
  private boolean inIndex;
  private boolean reading;
  private boolean stallTimer;

  /** Of the socket, once it has been full, if the pump watches it. */
  private SelectionKey watched;

  private boolean closeWhenLive;
  private boolean expires;
  private long expiresNanos;
  private Backlog.Snapshot snapshot;
  private long lastIdSent = -1;

  /** Its place among its pump's connections, kept by {@link ConnectionSet}. */
  int place = ConnectionSet.NONE;

  /** This connection's chain within the round, kept by {@link RoundMatches}. */
  int firstMatch = RoundMatches.NONE;

  int lastMatch = RoundMatches.NONE;

  Connection(Pump pump, Subscription subscription, Runnable onClosed) {
    this.pump = pump;
    this.subscription = subscription;
    this.typeMask = typeMask(subscription.filter().types());
    this.handle = new ConnectionHandle(this, onClosed);
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

  /** Where it is to be found in the index; made when asked for, which is twice in its life. */
  List<FilterKey> keys() {
    return FilterKey.of(filter());
  }

  boolean wantsEverything() {
    return typeMask == -1 && subscription.filter().all();
  }

  ConnectionHandle handle() {
    return handle;
  }

  Pump pump() {
    return pump;
  }

  /** Called once, by the thread that starts the connection, before the pump knows it. */
  void takeOutput(EventOutput newOutput) {
    output = new ConnectionOutput(newOutput);
  }

  /** Deals with what other threads have signalled since the last time. */
  void onSignals() {
    int raised = handle.takeSignals();
    if ((raised & ConnectionHandle.READ) != 0) {
      onRead();
    }
    if (mode == Mode.CLOSED || mode == Mode.NEW && handle.isClosed()) {
      return; // ended already, in the second case before it was started
    }
    if ((raised & ConnectionHandle.STARTED) != 0) {
      begin();
    }
    if ((raised & ConnectionHandle.GONE) != 0) {
      end();
    }
    if ((raised & ConnectionHandle.WRITABLE) != 0) {
      onWritable();
    }
    if ((raised & ConnectionHandle.NOTICE) != 0 && greeted) {
      writeNotices();
    }
    if ((raised & ConnectionHandle.CLOSE) != 0) {
      beginClose(handle.closeReason());
    }
  }

  /** The socket has room again. */
  void onWritable() {
    if (mode != Mode.NEW && mode != Mode.CLOSED && output.isBlocked()) {
      unblock();
    }
  }

  private void begin() {
    output.startClock(pump.now());
    inIndex = true;
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
    pump.readers().openSnapshot(handle, filter());
  }

  /**
   * Writes on from the cursor until level with the pump, the socket is full, or it is others' turn.
   */
  void advance() {
    int budget = 4;
    while (mode == Mode.BEHIND && !output.isBlocked() && !reading) {
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
        pump.readers().readLog(handle, filter(), cursor);
        return;
      }
      if (budget-- == 0) {
        pump.again(this);
        return;
      }
      writeFromRing();
    }
    if (mode == Mode.SNAPSHOT && !output.isBlocked() && !reading && snapshot != null) {
      reading = true;
      pump.readers().readSnapshot(handle, snapshot, cursor);
    }
  }

  private void writeFromRing() {
    FrameBlock block = pump.scratch();
    block.clear();
    long seen = cursor;
    int enough = output.appetite();
    while (seen < pump.position() && block.length() < enough) {
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
      if (key.isIn(filter())) {
        return true;
      }
    }
    return false;
  }

  private void onRead() {
    Result result = handle.takeReadResult();
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
      long position = opened.snapshot().position().value();
      lastIdSent = position;
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
        if (output.isBlocked() || !write(block)) {
          return;
        }
        cursor = block.position(block.count());
        block.clear();
        block.add(frame.bytes(), position);
      }
    }
    if (!block.isEmpty() && (output.isBlocked() || !write(block))) {
      return;
    }
    cursor = Math.max(cursor, Math.min(page.through().value(), level));
  }

  private void reset(Result.Unreachable unreachable) {
    long start = subscription.snapshot() ? -1 : pump.position();
    if (!greeted) {
      greet(start);
    }
    write(pump.frames().reset(unreachable.reason(), unreachable.bounds(), start));
    if (mode == Mode.CLOSED) {
      return; // the client has left in the middle of it
    }
    lastIdSent = start;
    if (subscription.snapshot()) {
      openSnapshot();
    } else {
      cursor = start;
    }
  }

  private void takeStates(List<byte[]> frames) {
    if (output.isBlocked()) {
      return; // read again from the same place when there is room
    }
    if (frames.isEmpty()) {
      cursor = snapshot.position().value();
      closeSnapshot();
      mode = Mode.BEHIND;
      lastIdSent = cursor;
      write(pump.frames().position(cursor));
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
   * Offers a block and moves the cursor to what is on its way.
   *
   * @return whether that is all of it
   */
  private boolean write(FrameBlock block) {
    if (mode == Mode.CLOSED) {
      return false; // what was written before it has found that the client is gone
    }
    try {
      int begun = output.write(block, pump.now());
      if (begun > 0) {
        pump.counts().delivered(begun);
        cursor = block.position(begun);
        lastIdSent = mode == Mode.SNAPSHOT ? lastIdSent : cursor;
      }
    } catch (IOException gone) {
      end();
      return false;
    }
    if (output.isBlocked()) {
      park();
    }
    return !output.isBlocked();
  }

  /** Writes bytes that are not of the log. */
  private void write(byte[] bytes) {
    if (mode == Mode.CLOSED) {
      return;
    }
    boolean wasBlocked = output.isBlocked();
    try {
      output.write(bytes, pump.now());
    } catch (IOException gone) {
      end();
      return;
    }
    if (output.isBlocked() && !wasBlocked) {
      park();
      if (mode == Mode.LIVE) {
        mode = Mode.BEHIND;
        cursor = pump.position();
      }
    }
  }

  private void writeNotices() {
    for (byte[] notice = handle.pollNotice();
        notice != null && mode != Mode.CLOSED;
        notice = handle.pollNotice()) {
      write(notice);
    }
  }

  private void park() {
    pump.counts().parked();
    watchForRoom();
    if (mode == Mode.CLOSED) {
      return;
    }
    if (!stallTimer) {
      stallTimer = true;
      pump.reminders().ofStall(this, output.lastProgressNanos());
    }
  }

  private void unblock() {
    try {
      output.resume(pump.now());
    } catch (IOException gone) {
      end();
      return;
    }
    if (output.isBlocked()) {
      watchForRoom();
      return;
    }
    pump.counts().unparked();
    if (mode == Mode.CLOSING) {
      end();
    } else {
      advance();
      if (watched != null && !output.isBlocked()) {
        pump.sockets().rest(watched);
      }
    }
  }

  private void watchForRoom() {
    SelectableChannel socket = output.socket();
    if (socket != null) {
      try {
        watched = pump.sockets().watch(this, socket, watched);
      } catch (IOException gone) {
        end();
      }
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
    if (mode == Mode.CLOSED) {
      return;
    }
    if (!output.isBlocked()
        && mode != Mode.CLOSING
        && now - output.lastProgressNanos() >= intervalNanos) {
      if (mode == Mode.LIVE && pump.position() > lastIdSent) {
        lastIdSent = pump.position();
        write(pump.frames().heartbeat(lastIdSent));
      } else {
        write(ControlFrames.HEARTBEAT);
      }
    }
    if (mode != Mode.CLOSED) {
      pump.reminders().ofHeartbeat(this, output.lastProgressNanos());
    }
  }

  /** Gives up on a socket that has taken no byte for the time-out. */
  void onStallTimer(long now, long timeoutNanos) {
    stallTimer = false;
    if (mode == Mode.CLOSED || !output.isBlocked()) {
      return;
    }
    if (now - output.lastProgressNanos() < timeoutNanos) {
      stallTimer = true;
      pump.reminders().ofStall(this, output.lastProgressNanos());
      return;
    }
    if (mode != Mode.CLOSING) {
      pump.counts().slowClientClosed();
    }
    output.writeLast(pump.frames().reconnect(CloseReason.SLOW_CLIENT));
    end();
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
    if (!output.isBlocked()) {
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
    handle.markClosed(lastIdSent);
    if (output.isBlocked()) {
      pump.counts().unparked();
    }
    leaveIndex();
    closeSnapshot();
    output.close();
    if (watched != null) {
      pump.sockets().forget(watched);
      watched = null;
    }
    if (place != ConnectionSet.NONE) {
      pump.ended(this);
    }
    handle.released();
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
