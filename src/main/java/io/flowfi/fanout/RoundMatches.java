package io.flowfi.fanout;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The frames of a round for connections that do not want everything: each matching connection with
 * its own frames, once each, in log order. The matches are chains through two arrays, so a round
 * allocates nothing. Belongs to one pump thread; empty between rounds.
 */
final class RoundMatches {
  static final int NONE = -1;

  /** A round ends at this many matches: this bounds memory, not what is delivered. */
  private static final int MAX_MATCHES = 1 << 18;

  private final List<Connection> touched = new ArrayList<>();
  private final List<Connection> outsiders = new ArrayList<>();
  private final FrameBlock block = new FrameBlock();
  private Frame[] frames = new Frame[1024];
  private int[] next = new int[1024];
  private int size;

  boolean isFull() {
    return size >= MAX_MATCHES;
  }

  /** Adds every connection that is ready for a frame. */
  void add(Frame frame, ConnectionIndex index) {
    for (FilterKey key : frame.keys()) {
      ConnectionList list = index.under(key);
      if (list == null) {
        continue;
      }
      for (int i = 0; i < list.size(); i++) {
        Connection connection = list.get(i);
        if (key instanceof FilterKey.OfStream && connection.hasLost(frame)) {
          outsiders.add(connection);
        } else if (connection.isReady() && connection.wantsType(frame)) {
          add(frame, connection);
        }
      }
    }
  }

  private void add(Frame frame, Connection connection) {
    int last = connection.lastMatch;
    if (last != NONE && frames[last] == frame) {
      return; // already found under another key
    }
    if (size == frames.length) {
      frames = Arrays.copyOf(frames, size * 2);
      next = Arrays.copyOf(next, size * 2);
    }
    frames[size] = frame;
    next[size] = NONE;
    if (last == NONE) {
      touched.add(connection);
      connection.firstMatch = size;
    } else {
      next[last] = size;
    }
    connection.lastMatch = size++;
  }

  /**
   * Ends the connections that may not have what was found for them under a stream. Not while the
   * index is walked.
   */
  void endOutsiders() {
    for (Connection outsider : outsiders) {
      Pump.guarded(outsider, outsider::loseAccess);
    }
    outsiders.clear();
  }

  /** Writes to every matching connection that has not ended since, then clears the matches. */
  void deliver(Round round, long before) {
    Frame alone = null; // the only frame in the block, if it holds just one
    for (Connection connection : touched) {
      if (!connection.isReady()) {
        continue;
      }
      long from = before;
      int match = connection.firstMatch;
      boolean single = next[match] == NONE;
      if (!single || alone != frames[match]) {
        block.clear();
        while (match != NONE) {
          Frame frame = frames[match];
          long position = frame.position().value();
          if (!block.add(frame.bytes(), position)) {
            round.deliver(connection, block, from);
            from = block.position(block.count());
            block.clear();
            if (!connection.isReady()) {
              break;
            }
            block.add(frame.bytes(), position);
          }
          match = next[match];
        }
        alone = single ? frames[connection.firstMatch] : null;
      }
      if (!block.isEmpty() && connection.isReady()) {
        round.deliver(connection, block, from);
      }
    }
    clear();
  }

  void clear() {
    outsiders.clear();
    for (Connection connection : touched) {
      connection.firstMatch = NONE;
      connection.lastMatch = NONE;
    }
    touched.clear();
    Arrays.fill(frames, 0, size, null);
    size = 0;
  }
}
