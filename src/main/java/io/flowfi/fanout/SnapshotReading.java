package io.flowfi.fanout;

import java.util.List;

/**
 * How a connection is sent a snapshot: page by page straight from the store, so that nothing is
 * kept of it but these few numbers, however many streams there are and however slowly they are
 * read.
 *
 * <p>Each page is read at a position of its own. Before the next one, the connection is sent what
 * has happened up to that position to the streams of the pages before; the events of all others are
 * in the states to come. So whatever has been sent is always as of one position, and what it is
 * short of is either an event that will be sent or in a state that will be. Streams created after
 * the snapshot has begun have no state in it: their events tell all of them. Belongs to the
 * connection's pump thread.
 */
final class SnapshotReading {
  private static final int MOST_STATES_A_PAGE = 256;
  private static final int FEWEST_STATES_A_PAGE = 16;

  /** For a page that fits what the socket takes; they are a little smaller. */
  private static final int BYTES_A_STATE = 512;

  private final Connection connection;

  /** Streams created later have no state in the snapshot; none is yet known to before it begins. */
  private long begun = Long.MAX_VALUE;

  /** What was sent of streams created up to here is as of {@link #through}. */
  private long settled;

  private long through;

  /** States of streams created up to here are sent; those not settled are as of {@link #readAt}. */
  private long born;

  private long readAt;
  private boolean last;

  SnapshotReading(Connection connection) {
    this.connection = connection;
  }

  /** Whether all is sent that belongs to it; it is as of {@link #position()} then. */
  boolean isComplete() {
    return last && through == readAt;
  }

  long position() {
    return through;
  }

  /** Asks for what comes next. */
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
    while (laidOut < states.size()
        && block.add(states.get(laidOut).frame(), states.get(laidOut).born().value())) {
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

  /** Sends what has happened to streams whose states are sent, as far as there is room. */
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
        break; // in a state that is sent, or sent when the next states are
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
