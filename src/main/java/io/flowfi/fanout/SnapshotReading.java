package io.flowfi.fanout;

import java.util.List;

/**
 * Sends a snapshot to a connection: page by page straight from the store. It keeps only these few
 * numbers, however many streams there are and however slow the client is.
 *
 * <p>Each page is read at its own position. Before the next page is sent, the connection gets the
 * events up to that page's position of the streams in the earlier pages; the events of all other
 * streams are part of states still to come. So everything sent is valid at one position. What is
 * missing comes later, as an event or in a state. Streams created after the snapshot began have no
 * state in it: their events contain everything. Belongs to the connection's pump thread.
 */
final class SnapshotReading {
  private static final int MOST_STATES_A_PAGE = 256;
  private static final int FEWEST_STATES_A_PAGE = 16;

  /** An estimate for the size of a page that the socket takes; states are a little smaller. */
  private static final int BYTES_A_STATE = 512;

  private final Connection connection;

  /** Streams created after this have no state in the snapshot; unknown before it begins. */
  private long begun = Long.MAX_VALUE;

  /** Streams created up to here were sent as they were at {@link #through}. */
  private long settled;

  private long through;

  /**
   * States of streams created up to here are sent; those not settled are as they were at {@link
   * #readAt}.
   */
  private long born;

  private long readAt;
  private boolean last;

  SnapshotReading(Connection connection) {
    this.connection = connection;
  }

  /** Whether all of it is sent; it is then valid at {@link #position()}. */
  boolean isComplete() {
    return last && through == readAt;
  }

  long position() {
    return through;
  }

  /** Requests the next page. */
  void readOn() {
    BacklogReaders readers = connection.tools().readers();
    if (through < readAt) {
      long sent = settled;
      long beginning = begun;
      readers.readChanges(
          connection.handle(),
          connection.filter(),
          through,
          birth -> birth.value() <= sent || birth.value() > beginning);
    } else {
      int states =
          Math.min(
              MOST_STATES_A_PAGE,
              Math.max(FEWEST_STATES_A_PAGE, connection.output().appetite() / BYTES_A_STATE));
      readers.readStates(connection.handle(), connection.filter(), born, begun, states);
    }
  }

  /** Sends states, as far as there is room; the rest is read again. */
  void take(Backlog.States page) {
    long pageReadAt = page.readAt().value();
    if (begun == Long.MAX_VALUE) {
      begun = pageReadAt;
      through = pageReadAt;
      readAt = pageReadAt;
      connection.greet(Wording.NO_POSITION, pageReadAt, pageReadAt);
    }
    if (!connection.hasRoom()) {
      return;
    }
    FrameBlock block = connection.tools().scratch();
    block.clear();
    List<Backlog.State> states = page.states();
    int laidOut = 0;
    while (laidOut < states.size()) {
      Backlog.State state = states.get(laidOut);
      if (connection.hasLost(state)) {
        connection.loseAccess();
        return;
      }
      if (!block.add(state.frame(), state.born().value())) {
        break;
      }
      laidOut++;
    }
    int sent = block.isEmpty() ? 0 : connection.write(block);
    if (sent > 0) {
      born = block.position(sent);
      readAt = pageReadAt;
    }
    last = page.last() && sent == states.size();
    settle();
  }

  /** Sends later events of streams whose states are already sent, as far as there is room. */
  void take(Backlog.Page page) {
    if (!connection.hasRoom()) {
      return;
    }
    FrameBlock block = connection.tools().scratch();
    block.clear();
    long seen = Math.min(page.through().value(), readAt);
    for (Frame frame : page.frames()) {
      long position = frame.position().value();
      if (position > readAt) {
        break; // is part of a state that is sent, or will be sent with the next states
      }
      if (connection.hasLost(frame)) {
        connection.loseAccess();
        return;
      }
      if (!block.add(frame.bytes(), position)) {
        seen = block.position(block.count());
        break;
      }
    }
    int sent = block.isEmpty() ? 0 : connection.write(block);
    if (sent == block.count()) {
      through = seen;
    } else if (sent > 0) {
      through = block.position(sent);
    }
    settle();
  }

  private void settle() {
    if (through == readAt) {
      settled = born;
    }
  }

  @Override
  public String toString() {
    return " in a snapshot, at the stream created at " + born;
  }
}
