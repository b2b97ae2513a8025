package io.flowfi.cluster;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.SpentChallenges;

/** Spent challenges in the nodes' database: each gives one token, whichever node it is sent to. */
final class SharedSpentChallenges implements SpentChallenges {
  private final OneTimeStore store;

  /** How many there were lately. */
  private volatile long known;

  SharedSpentChallenges(OneTimeStore store) {
    this.store = store;
  }

  void setKnown(long challenges) {
    known = challenges;
  }

  @Override
  public boolean spend(String challenge) {
    if (known >= MAX) {
      throw new AuthException.Unavailable("too many logins at the moment; try again later", null);
    }
    try {
      return store.spend(challenge);
    } catch (SharedStoreException e) {
      throw new AuthException.Unavailable(
          "nobody can log in at the moment; get a new challenge later", e);
    }
  }
}
