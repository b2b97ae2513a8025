package io.flowfi.fanout;

import java.io.IOException;
import java.util.Objects;

/**
 * One subscriber as its pump sees it: a filter, a cursor and an output. Belongs to the one pump
 * thread that owns it; other threads hold its {@link ConnectionHandle}. The life of a connection:
 *
 * <pre>
 *   NEW --start--> SNAPSHOT? --> BEHIND &lt;--> LIVE --> CLOSING --> CLOSED
 * </pre>
 *
 * While LIVE, everything that matches up to the pump's position has been written, and the pump
 * hands over new events. A full socket makes it BEHIND: its cursor stays where the socket stopped.
 * When the socket is writable again it reads on from there, from the ring or from the log. Only the
 * rest of a frame that is partly written is queued for it.
 *
 * <p>This class holds the state of the connection and sends its control frames. A {@link CatchUp}
 * reads on while it is SNAPSHOT or BEHIND; its {@link ConnectionOutput} writes the bytes.
 *
 * <p>Long, because it is one state machine: what is sent next depends on all that was sent before.
 */
final class Connection extends Member {
  private enum Mode {
    NEW,
    /** SNAPSHOT or BEHIND: its {@link CatchUp} knows which. */
    BEHIND,
    LIVE,
    CLOSING,
    CLOSED
  }

  // Set before the connection is handed to its pump.
  private final PumpTools tools;
  private final ConnectionHandle handle;
  private ConnectionOutput output;

  private Mode mode = Mode.NEW;

  /** While behind; kept until its open request has ended. */
  private CatchUp catchUp;

  private boolean greeted;
  private boolean closeWhenLive;
  private long lastIdSent = Wording.NO_POSITION;

  private long begunAfter = Wording.NO_POSITION;

  Connection(PumpTools tools, Subscription subscription, SubscriptionListener listener) {
    super(subscription);
    this.tools = tools;
    this.handle = new ConnectionHandle(this, listener);
  }

  ConnectionHandle handle() {
    return handle;
  }

  PumpTools tools() {
    return tools;
  }

  /** Called once, by the thread that starts the connection, before the pump knows it. */
  void takeOutput(EventOutput newOutput) {
    output = new ConnectionOutput(newOutput);
  }

  ConnectionOutput output() {
    return output;
  }

  /** Handles what other threads have signalled since the last time. */
  void onSignals() {
    int raised = handle.takeSignals();
    if ((raised & ConnectionHandle.READ) != 0) {
      catchUp.onRead(handle.takeReading());
    }
    if (mode == Mode.CLOSED || mode == Mode.NEW && handle.isClosed()) {
      return; // has already ended, in the second case before it was started
    }
    if ((raised & ConnectionHandle.STARTED) != 0) {
      begin();
    }
    if ((raised & ConnectionHandle.GONE) != 0) {
      gone();
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

  /** The socket has room again, or is ready for the first time. */
  void onWritable() {
    if (mode == Mode.NEW && place != ConnectionSet.NONE && output.isReady()) {
      converse();
    }
    if (mode == Mode.NEW || mode == Mode.CLOSED || !output.isBlocked()) {
      return;
    }
    try {
      output.resume(this);
    } catch (IOException gone) {
      gone();
    }
    if (mode == Mode.CLOSED || output.isBlocked()) {
      return;
    }
    if (mode == Mode.CLOSING) {
      end();
    } else {
      advance();
      output.rest(this);
    }
  }

  private void begin() {
    boolean ready = output.start(this);
    inIndex = true;
    startLifetime(tools.now(), tools.clock().wallMillis());
    tools.turns().joined(this);
    if (ready) {
      converse();
    }
  }

  private void converse() {
    Subscription wanted = subscription();
    if (wanted.resumeAfter().isPresent()) {
      long start = wanted.resumeAfter().get().value();
      readOnFrom(start, checkedAt());
      if (start <= tools.ring().head() && start + 1 >= tools.ring().tail()) {
        greet(start);
      }
    } else if (wanted.snapshot()) {
      readOnFrom(0, checkedAt());
      catchUp.beginSnapshot();
    } else {
      mode = Mode.LIVE;
      greet(tools.position());
    }
    if (!greeted) {
      // the log comes first, but the head of a response, which the output writes, waits for nothing
      write(new byte[0]);
    }
    advance();
    if (closeWhenLive && mode == Mode.LIVE) {
      beginClose(CloseReason.SHUTDOWN);
    }
  }

  /** Up to where it was known, when it asked, whose the streams are that it names. */
  private long checkedAt() {
    return subscription()
        .limit()
        .map(limit -> limit.checkedAt().value())
        .orElseGet(tools::position);
  }

  /** The same, after it was LIVE. */
  private void readOnFrom(long position) {
    readOnFrom(position, position);
  }

  private void readOnFrom(long position, long admittedAt) {
    mode = Mode.BEHIND;
    catchUp = new CatchUp(this, position, admittedAt);
  }

  /** Greets a client that is sent the log after a position. */
  void greet(long start) {
    greet(start, start, Math.max(tools.ring().head(), start));
  }

  /**
   * Greets the client.
   *
   * @param start the position told to the client, see {@link Wording#connected}
   * @param sentThrough what counts as sent to it
   */
  void greet(long start, long sentThrough, long head) {
    greeted = true;
    lastIdSent = sentThrough;
    beginsAfter(sentThrough);
    write(tools.wording().connected(subscription(), start, head));
    writeNotices();
  }

  /**
   * It is sent everything that matches from here on, and nothing of what was between this and the
   * last position sent.
   */
  void beginsAfter(long position) {
    if (position != Wording.NO_POSITION) {
      begunAfter = position;
      handle.began(position);
    }
  }

  /** The position behind which it has been sent everything that matches. */
  long begunAfter() {
    return begunAfter;
  }

  boolean isGreeted() {
    return greeted;
  }

  /** Writes a control frame that moves the client's cursor, if there is a position for it. */
  void tell(byte[] words, long position) {
    write(words);
    if (mode != Mode.CLOSED && position != Wording.NO_POSITION) {
      lastIdSent = position;
    }
  }

  /**
   * The position that the client may resume from. None before the greeting: the position it came
   * with may be from another log.
   */
  long sentThrough() {
    if (!greeted) {
      return Wording.NO_POSITION;
    }
    if (mode == Mode.LIVE) {
      return tools.position();
    }
    return catchUp == null ? lastIdSent : catchUp.sentThrough();
  }

  /** Writes on, if it is behind. */
  void advance() {
    if (mode == Mode.BEHIND) {
      catchUp.advance();
    }
  }

  /** Whether its {@link CatchUp} writes next. */
  boolean isBehind() {
    return mode == Mode.BEHIND;
  }

  /** Whether it is behind and its socket takes more. */
  boolean hasRoom() {
    return mode == Mode.BEHIND && !output.isBlocked();
  }

  /** Everything up to the pump's position is on its way. */
  void becomeLive() {
    mode = Mode.LIVE;
    catchUp = null;
    if (closeWhenLive) {
      beginClose(CloseReason.SHUTDOWN);
    }
  }

  /** Whether the pump should hand this connection what it has just read from the ring. */
  boolean isReady() {
    return mode == Mode.LIVE;
  }

  /**
   * Writes a round's frames to this LIVE connection.
   *
   * @param before the pump's position before the round; the connection reads on from there if the
   *     socket takes nothing
   */
  void deliver(FrameBlock block, long before) {
    int begun = write(block);
    if (mode == Mode.LIVE && output.isBlocked()) {
      readOnFrom(begun > 0 ? block.position(begun) : before);
    }
  }

  /** The pump has lost its place in the ring, so this connection reads on from the log. */
  void fallBehind(long position) {
    if (mode == Mode.LIVE) {
      readOnFrom(position);
      tools.turns().again(this);
    }
  }

  /**
   * A stream that it names has been given to others. What of it is not yet written is not sent; the
   * client comes back, and is told what it may follow.
   */
  void loseAccess() {
    beginClose(CloseReason.ACCESS_LOST);
  }

  /** Ends with closing words as soon as everything published is on its way. */
  void drain() {
    closeWhenLive = true;
    if (mode == Mode.LIVE) {
      beginClose(CloseReason.SHUTDOWN);
    }
  }

  /**
   * Offers a block.
   *
   * @return how many of its frames are on their way
   */
  int write(FrameBlock block) {
    if (mode == Mode.CLOSED) {
      return 0; // an earlier write has found that the client is gone
    }
    int begun = 0;
    try {
      begun = output.write(block, this);
      if (begun > 0) {
        tools.counts().delivered(begun);
        if (catchUp == null || !catchUp.isInSnapshot()) {
          lastIdSent = block.position(begun);
        }
      }
      if (output.isBlocked()) {
        output.park(this);
      }
    } catch (IOException gone) {
      gone();
    }
    return begun;
  }

  /** Writes bytes that are not from the log. */
  private void write(byte[] bytes) {
    if (mode == Mode.CLOSED) {
      return;
    }
    try {
      output.write(bytes, this);
    } catch (IOException gone) {
      gone();
    }
    if (mode == Mode.LIVE && output.isBlocked()) {
      readOnFrom(tools.position());
    }
  }

  private void writeNotices() {
    for (byte[] notice = handle.pollNotice();
        notice != null && mode != Mode.CLOSED;
        notice = handle.pollNotice()) {
      write(notice);
    }
  }

  /**
   * Sends a heartbeat, which moves the client's cursor, if nothing was written for the interval.
   * Ends the connection if its lifetime is over.
   */
  void onHeartbeatTimer(long now, long intervalNanos) {
    if (mode != Mode.CLOSED && hasJustExpired(now, tools.clock().wallMillis())) {
      beginClose(CloseReason.TOKEN_EXPIRED);
    }
    if (mode == Mode.CLOSED) {
      return;
    }
    if (!output.isBlocked()
        && (mode == Mode.LIVE || mode == Mode.BEHIND)
        && now - output.lastProgressNanos() >= intervalNanos) {
      long through = sentThrough();
      tell(tools.wording().heartbeat(Math.max(tools.ring().head(), through), through), through);
    }
    if (mode != Mode.CLOSED) {
      tools.reminders().ofHeartbeat(this, output.lastProgressNanos());
    }
  }

  /** Gives up on a socket that has taken no byte for the time-out. */
  void onStallTimer(long now, long timeoutNanos) {
    if (mode == Mode.CLOSED || !output.hasStalled(this, now, timeoutNanos)) {
      return;
    }
    if (mode != Mode.CLOSING) {
      tools.counts().closing(CloseReason.SLOW_CLIENT);
      handle.closing(CloseReason.SLOW_CLIENT);
    }
    output.writeLast(tools.closingWords(CloseReason.SLOW_CLIENT, sentThrough()));
    end();
  }

  private void beginClose(CloseReason reason) {
    if (mode == Mode.NEW) {
      converse(); // frames that were sent to it come first, as soon as its socket is ready
    }
    if (mode == Mode.CLOSED || mode == Mode.CLOSING) {
      return;
    }
    if (reason != null) {
      handle.closing(reason);
      write(tools.closingWords(reason, sentThrough()));
    }
    if (mode == Mode.CLOSED) {
      return; // the client has left without them
    }
    if (reason != null) {
      tools.counts().closing(reason);
    }
    mode = Mode.CLOSING;
    tools.turns().left(this);
    if (!output.isBlocked()) {
      end();
    }
  }

  /** The client has left. */
  private void gone() {
    if (place != ConnectionSet.NONE && mode != Mode.CLOSING && mode != Mode.CLOSED) {
      tools.counts().departed();
    }
    end();
  }

  /** Ends the connection, whatever the cause. The only place that releases what it holds. */
  void end() {
    if (mode == Mode.CLOSED || mode == Mode.NEW && handle.endsBeforeStart()) {
      return;
    }
    mode = Mode.CLOSED;
    handle.markClosed(lastIdSent);
    // If one step fails, the later ones must still release their resources.
    try {
      tools.turns().left(this);
    } finally {
      try {
        output.close(this);
      } finally {
        try {
          tools.turns().ended(this);
        } finally {
          handle.released();
        }
      }
    }
  }

  @Override
  public String toString() {
    return "Connection " + subscription().clientId() + " " + mode + Objects.toString(catchUp, "");
  }
}
