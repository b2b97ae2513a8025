package io.flowfi.fanout;

import io.flowfi.fanout.BacklogReaders.Result;

/**
 * How a connection that is behind its pump reads on, from its cursor until it is level: the states
 * of a snapshot first, if it asked for them, then pages of the log, then the ring. There is one
 * only while a connection is behind, so that those who are LIVE keep nothing of it.
 *
 * <p>Reads on only while the socket takes bytes, with at most one request to the {@link
 * BacklogReaders} under way. Belongs to the connection's pump thread.
 */
final class CatchUp {
  /** How many blocks of the ring are written before it is others' turn. */
  private static final int BLOCKS_A_TURN = 4;

  private final Connection connection;

  /** Everything up to here is on its way, or does not match. Without meaning in a snapshot. */
  private long cursor;

  /** Null unless it is sent one now. */
  private SnapshotReading snapshot;

  private boolean reading;

  CatchUp(Connection connection, long cursor) {
    this.connection = connection;
    this.cursor = cursor;
  }

  /** Whether it is a snapshot that is written now, whose frames have no position. */
  boolean isInSnapshot() {
    return snapshot != null;
  }

  /**
   * What the client may claim to have when it comes back; {@link Wording#NO_POSITION} while the
   * snapshot is not complete.
   */
  long sentThrough() {
    return isInSnapshot() ? Wording.NO_POSITION : cursor;
  }

  /** Goes on from a snapshot that is yet to be made. */
  void beginSnapshot() {
    snapshot = new SnapshotReading(connection);
  }

  /**
   * Writes on from the cursor until level with the pump, the socket is full, or it is others' turn.
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
        // This node has not reached the client's cursor yet; wait for it.
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
    while (seen < tools().position() && block.length() < enough) {
      Frame frame = tools().ring().get(seen + 1);
      if (frame == null || connection.matches(frame) && !block.add(frame.bytes(), seen + 1)) {
        break;
      }
      seen++;
    }
    if (block.isEmpty() || write(block)) {
      cursor = seen;
    }
  }

  /** The request that was under way has ended. */
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
    for (Frame frame : page.frames()) {
      long position = frame.position().value();
      if (position > level) {
        break; // the pump is about to bring this one itself
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
    cursor = Math.max(cursor, Math.min(page.through().value(), level));
  }

  private void reset(Result.Unreachable unreachable) {
    boolean snapshotFollows = connection.subscription().snapshot();
    // the pump may yet have to come to where events that nobody holds any more were left out
    long behindTheGap = Math.max(tools().position(), unreachable.bounds().oldest().value() - 1);
    long start = snapshotFollows ? Wording.NO_POSITION : behindTheGap;
    if (!connection.isGreeted()) {
      connection.greet(start);
    }
    connection.tell(
        tools().wording().reset(unreachable.reason(), unreachable.bounds(), start), start);
    if (!connection.isBehind()) {
      return; // the client has left in the middle of it
    }
    if (snapshotFollows) {
      beginSnapshot();
    } else {
      cursor = start;
    }
  }

  /**
   * Offers a block and moves the cursor to what is on its way.
   *
   * @return whether that is all of it, and there is room for more
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
