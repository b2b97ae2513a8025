package io.flowfi.fanout;

import io.flowfi.fanout.BacklogReaders.Result;
import java.util.List;

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

  /**
   * Everything up to here is on its way, or does not match: a position of the log, or how many
   * states of the snapshot.
   */
  private long cursor;

  private boolean inSnapshot;
  private Backlog.Snapshot snapshot;
  private boolean reading;

  CatchUp(Connection connection, long cursor) {
    this.connection = connection;
    this.cursor = cursor;
  }

  /** Whether it is states of a snapshot that are written now, which have no position. */
  boolean isInSnapshot() {
    return inSnapshot;
  }

  /**
   * What the client may claim to have when it comes back; {@link ControlFrames#NO_POSITION} while
   * the snapshot is not complete.
   */
  long sentThrough() {
    return inSnapshot ? ControlFrames.NO_POSITION : cursor;
  }

  /** Goes on from a snapshot that is yet to be made. */
  void openSnapshot() {
    inSnapshot = true;
    cursor = 0;
    reading = true;
    pump().readers().openSnapshot(connection.handle(), connection.filter());
  }

  /**
   * Writes on from the cursor until level with the pump, the socket is full, or it is others' turn.
   */
  void advance() {
    int budget = BLOCKS_A_TURN;
    while (!inSnapshot && !reading && hasRoom()) {
      if (connection.isGreeted() && cursor > pump().position()) {
        // This node has not reached the client's cursor yet; wait for it.
        pump().waitFor(connection);
        return;
      }
      if (connection.isGreeted() && cursor == pump().position()) {
        connection.becomeLive();
        return;
      }
      if (!connection.isGreeted() || cursor + 1 < pump().ring().tail()) {
        reading = true;
        pump().readers().readLog(connection.handle(), connection.filter(), cursor);
        return;
      }
      if (budget-- == 0) {
        pump().again(connection);
        return;
      }
      writeFromRing();
    }
    if (inSnapshot && !reading && snapshot != null && hasRoom()) {
      reading = true;
      pump().readers().readSnapshot(connection.handle(), snapshot, cursor);
    }
  }

  private void writeFromRing() {
    FrameBlock block = pump().scratch();
    block.clear();
    long seen = cursor;
    int enough = connection.output().appetite();
    while (seen < pump().position() && block.length() < enough) {
      Frame frame = pump().ring().get(seen + 1);
      if (frame == null || connection.matches(frame) && !block.add(frame.bytes(), seen + 1)) {
        break;
      }
      seen++;
    }
    if (block.isEmpty() || write(block)) {
      cursor = seen;
    }
  }

  /**
   * The request that was under way has ended.
   *
   * @param result null if nothing was read because the connection or the engine has ended
   */
  void onRead(Result result) {
    reading = false;
    if (result == null) {
      closeSnapshot();
      return;
    }
    try {
      if (result instanceof Result.Opened opened) {
        snapshot = opened.snapshot();
      }
      if (!connection.isBehind()) {
        closeSnapshot(); // it has ended, or is about to
        return;
      }
      take(result);
    } finally {
      pump().readers().taken();
    }
    advance();
  }

  private void take(Result result) {
    if (result instanceof Result.Frames frames) {
      takeLogPage(frames.page());
    } else if (result instanceof Result.Unreachable unreachable) {
      reset(unreachable);
    } else if (result instanceof Result.Opened opened) {
      long position = opened.snapshot().position().value();
      connection.greet(ControlFrames.NO_POSITION, position, position);
    } else if (result instanceof Result.States states) {
      takeStates(states.frames());
    }
  }

  private void takeLogPage(Backlog.Page page) {
    if (!connection.isGreeted()) {
      connection.greet(cursor);
    }
    FrameBlock block = pump().scratch();
    block.clear();
    long level = pump().position();
    for (Frame frame : page.frames()) {
      long position = frame.position().value();
      if (position > level) {
        break; // the pump is about to bring this one itself
      }
      if (!block.add(frame.bytes(), position)) {
        if (!hasRoom() || !write(block)) {
          return;
        }
        block.clear();
        block.add(frame.bytes(), position);
      }
    }
    if (!block.isEmpty() && (!hasRoom() || !write(block))) {
      return;
    }
    cursor = Math.max(cursor, Math.min(page.through().value(), level));
  }

  private void reset(Result.Unreachable unreachable) {
    boolean snapshotFollows = connection.subscription().snapshot();
    long start = snapshotFollows ? ControlFrames.NO_POSITION : pump().position();
    if (!connection.isGreeted()) {
      connection.greet(start);
    }
    connection.tell(
        pump().frames().reset(unreachable.reason(), unreachable.bounds(), start), start);
    if (!connection.isBehind()) {
      return; // the client has left in the middle of it
    }
    if (snapshotFollows) {
      openSnapshot();
    } else {
      cursor = start;
    }
  }

  private void takeStates(List<byte[]> frames) {
    if (!hasRoom()) {
      return; // read again from the same place when there is room
    }
    if (frames.isEmpty()) {
      cursor = snapshot.position().value();
      closeSnapshot();
      inSnapshot = false;
      connection.tell(pump().frames().snapshotEnd(cursor), cursor);
      return;
    }
    FrameBlock block = pump().scratch();
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
    return hasRoom();
  }

  /** Lets go of the snapshot, unless it is being read: then its reader's result comes back here. */
  void closeSnapshot() {
    if (snapshot != null && !reading) {
      snapshot.close();
      snapshot = null;
    }
  }

  private boolean hasRoom() {
    return connection.isBehind() && !connection.output().isBlocked();
  }

  private Pump pump() {
    return connection.pump();
  }

  @Override
  public String toString() {
    return (inSnapshot ? "at state " : "at ") + cursor;
  }
}
