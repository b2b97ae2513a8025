package io.flowfi.fanout;

import io.flowfi.fanout.BacklogReaders.Result;

/**
 * How a connection that is behind its pump catches up from its cursor: first the states of a
 * snapshot, if it asked for them, then pages of the log, then the ring. It exists only while the
 * connection is behind, so that a LIVE connection keeps nothing of it.
 *
 * <p>It reads on only while the socket takes bytes, with at most one open request to the {@link
 * BacklogReaders}. Belongs to the connection's pump thread.
 */
final class CatchUp {
  /** How many blocks of the ring are written before other connections have a turn. */
  private static final int BLOCKS_A_TURN = 4;

  private final Connection connection;

  /**
   * What is older may name others: parties may see a stream's events from before it was theirs. A
   * later event says whose the stream is since the connection was admitted.
   */
  private final long admittedAt;

  /** Everything up to here is on its way, or does not match. Has no meaning in a snapshot. */
  private long cursor;

  /** Null unless a snapshot is being sent. */
  private SnapshotReading snapshot;

  private boolean reading;

  /**
   * @param cursor everything up to here has been sent
   * @param admittedAt it was known up to here that the client may have what it asks for
   */
  CatchUp(Connection connection, long cursor, long admittedAt) {
    this.connection = connection;
    this.admittedAt = admittedAt;
    this.cursor = cursor;
  }

  /** Whether a snapshot is being written; its frames have no position. */
  boolean isInSnapshot() {
    return snapshot != null;
  }

  /**
   * The position that the client may resume from; {@link Wording#NO_POSITION} while the snapshot is
   * not complete.
   */
  long sentThrough() {
    return isInSnapshot() ? Wording.NO_POSITION : cursor;
  }

  /** Starts with a snapshot. */
  void beginSnapshot() {
    snapshot = new SnapshotReading(connection);
  }

  /**
   * Writes on from the cursor until it is level with the pump, the socket is full, or others have a
   * turn.
   */
  void advance() {
    if (snapshot != null && !reading && connection.hasRoom()) {
      if (snapshot.isComplete()) {
        finishSnapshot();
      } else {
        reading = true;
        snapshot.readOn();
      }
    }
    int budget = BLOCKS_A_TURN;
    while (snapshot == null && !reading && connection.hasRoom()) {
      if (connection.isGreeted() && cursor > tools().position()) {
        // This node has not reached the client's cursor yet, so wait for it.
        tools().turns().waitFor(connection);
        return;
      }
      if (connection.isGreeted() && cursor == tools().position()) {
        connection.becomeLive();
        return;
      }
      if (!connection.isGreeted() || cursor + 1 < tools().ring().tail()) {
        reading = true;
        tools().readers().readLog(connection.handle(), connection.filter(), cursor);
        return;
      }
      if (budget-- == 0) {
        tools().turns().again(connection);
        return;
      }
      writeFromRing();
    }
  }

  private void writeFromRing() {
    FrameBlock block = tools().scratch();
    block.clear();
    long seen = cursor;
    int enough = connection.output().appetite();
    boolean lost = false;
    while (seen < tools().position() && block.length() < enough) {
      Frame frame = tools().ring().get(seen + 1);
      if (frame == null) {
        break;
      }
      boolean matches = connection.matches(frame);
      lost = matches && losesBy(frame);
      if (lost || matches && !block.add(frame.bytes(), seen + 1)) {
        break;
      }
      seen++;
    }
    if (block.isEmpty() || write(block)) {
      cursor = seen;
      if (lost) {
        connection.loseAccess();
      }
    }
  }

  /** Whether a matching frame shows that its stream has been given to others. */
  private boolean losesBy(Frame frame) {
    return frame.position().value() > admittedAt && connection.hasLost(frame);
  }

  /** The open request has ended. */
  void onRead(ReadQueue.Reading ended) {
    reading = false;
    Result result = ended.result();
    try {
      if (result == null || !connection.isBehind()) {
        return; // it has ended, or is about to
      }
      take(result);
    } finally {
      ended.taken();
    }
    advance();
  }

  private void take(Result result) {
    if (result instanceof Result.Frames frames) {
      takeLogPage(frames.page());
    } else if (result instanceof Result.Unreachable unreachable) {
      reset(unreachable);
    } else if (result instanceof Result.States states) {
      snapshot.take(states.page());
    } else if (result instanceof Result.Changes changes) {
      snapshot.take(changes.page());
    } else {
      connection.end();
    }
  }

  private void finishSnapshot() {
    cursor = snapshot.position();
    snapshot = null;
    connection.tell(tools().wording().snapshotEnd(cursor), cursor);
  }

  private void takeLogPage(Backlog.Page page) {
    if (!connection.isGreeted()) {
      connection.greet(cursor);
    }
    FrameBlock block = tools().scratch();
    block.clear();
    long level = tools().position();
    boolean lost = false;
    for (Frame frame : page.frames()) {
      long position = frame.position().value();
      if (position > level) {
        break; // the pump is about to deliver this one itself
      }
      lost = losesBy(frame);
      if (lost) {
        break;
      }
      if (!block.add(frame.bytes(), position)) {
        if (!connection.hasRoom() || !write(block)) {
          return;
        }
        block.clear();
        block.add(frame.bytes(), position);
      }
    }
    if (!block.isEmpty() && (!connection.hasRoom() || !write(block))) {
      return;
    }
    if (lost) {
      connection.loseAccess();
      return;
    }
    cursor = Math.max(cursor, Math.min(page.through().value(), level));
  }

  private void reset(Result.Unreachable unreachable) {
    tools().counts().reset(unreachable.reason());
    boolean snapshotFollows = connection.subscription().snapshot();
    // the pump may not have passed the gap of removed events yet
    long behindTheGap = Math.max(tools().position(), unreachable.bounds().oldest().value() - 1);
    long start = snapshotFollows ? Wording.NO_POSITION : behindTheGap;
    if (!connection.isGreeted()) {
      connection.greet(start);
    } else {
      connection.beginsAfter(start);
    }
    connection.tell(
        tools().wording().reset(unreachable.reason(), unreachable.bounds(), start), start);
    if (!connection.isBehind()) {
      return; // the client has left meanwhile
    }
    if (snapshotFollows) {
      beginSnapshot();
    } else {
      cursor = start;
    }
  }

  /**
   * Offers a block and moves the cursor past the frames that are on their way.
   *
   * @return whether all of it is, and there is room for more
   */
  private boolean write(FrameBlock block) {
    int begun = connection.write(block);
    if (begun > 0) {
      cursor = block.position(begun);
    }
    return connection.hasRoom();
  }

  private PumpTools tools() {
    return connection.tools();
  }

  @Override
  public String toString() {
    return snapshot == null ? " at " + cursor : snapshot.toString();
  }
}
