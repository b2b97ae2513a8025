package io.flowfi.cluster;

import io.flowfi.cluster.NodeStore.Member;
import java.util.List;
import java.util.Set;

/**
 * How the living nodes divide a limit where they cannot count together, by what each has told of
 * its slots. Pure and immutable.
 *
 * <p>Without Redis a node may have slots up to a level: the one at which the nodes that have told
 * more, and all others at the level, use up the limit. What is told below the level does not
 * matter, and nobody rises above it; so the level does not fall while nodes take slots, and the
 * limit holds however they take them, and whichever of them already knows the latest counts.
 *
 * <p>Small counts are not told, see {@link #least}. Because of them the nodes can exceed a limit by
 * one node's share, and no more.
 *
 * @param living all nodes, in an order that all know
 * @param own this node's place among them
 */
record SlotShares(List<Member> living, int own) {
  SlotShares {
    living = List.copyOf(living);
    if (own < 0 || own >= living.size()) {
      throw new IllegalArgumentException("own must be a place among the living nodes");
    }
  }

  /** As the node with this id sees it. */
  static SlotShares of(List<Member> living, String id) {
    for (int i = 0; i < living.size(); i++) {
      if (living.get(i).id().equals(id)) {
        return new SlotShares(living, i);
      }
    }
    throw new IllegalArgumentException("a node that has reported must be among the living");
  }

  int nodes() {
    return living.size();
  }

  /**
   * The smallest count that must be told. Let u nodes share what is left, and x of them have up to
   * m = {@code least} - 1 slots untold, which is above their level w. They exceed what is left by
   * at most x(m - w), and, because they did not when they counted together, by at most (u - x)(w +
   * 1). Of these the smaller one is never above u({@code least})/4, and that is at most a share. At
   * the level 0 nobody takes any, so a single slot need not be told, unless the limit is smaller
   * than the number of nodes: then each may take one at the level 0.
   */
  int least(int limit) {
    int share = (limit + nodes() - 1) / nodes();
    return limit < nodes() ? 1 : Math.max(2, (int) (4L * share / Math.max(4, nodes())));
  }

  private int told(int node, String field) {
    return living.get(node).slots().getOrDefault(field, 0);
  }

  /** What this node may have while it is not counted in Redis. */
  int room(String field, int limit) {
    int level = limit / nodes();
    int before;
    long left;
    int sharing;
    int older;
    do {
      before = level;
      left = limit;
      sharing = 0;
      older = 0;
      for (int node = 0; node < nodes(); node++) {
        if (node != own && told(node, field) > before) {
          left -= told(node, field);
        } else {
          sharing++;
          older += node < own ? 1 : 0;
        }
      }
      level = (int) (Math.max(0, left) / sharing);
    } while (level < before);
    if (level == 0) {
      return limit < nodes() && left > 0 ? 1 : 0;
    }
    return level + (older < left % sharing ? 1 : 0);
  }

  /**
   * The limit for the nodes that count together in Redis: what the others have, or could still take
   * up to any level, is kept for them.
   *
   * @param counted the ids of nodes whose slots Redis adds up; this one is always taken for one
   */
  int limitInRedis(String field, int limit, Set<String> counted) {
    long left = limit;
    long held = 0;
    for (int node = 0; node < nodes(); node++) {
      if (node != own && !counted.contains(living.get(node).id())) {
        held += told(node, field);
        left -= Math.max(told(node, field), mostRoom(node, limit));
      }
    }
    int least = limit < nodes() && held < limit ? 1 : 0;
    return (int) Math.max(least, left);
  }

  /** What a node may have if nobody has told anything; it never has more room. */
  private int mostRoom(int node, int limit) {
    return Math.max(1, limit / nodes() + (node < limit % nodes() ? 1 : 0));
  }
}
