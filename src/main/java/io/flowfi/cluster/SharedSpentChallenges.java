package io.flowfi.cluster;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.SpentChallenges;
import java.time.Instant;
import java.util.function.Supplier;

/** Spent challenges in the nodes' database: each gives one token, whichever node it is sent to. */
final class SharedSpentChallenges implements SpentChallenges {
  private final OneTimeStore store;
  private final Supplier<Instant> believed;

  /** How many there were lately. */
  private volatile long known;

  /**
   * @param believed the time of day, as far as it is borne out; from any thread
   */
  SharedSpentChallenges(OneTimeStore store, Supplier<Instant> believed) {
    this.store = store;
    this.believed = believed;
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
      return store.spend(challenge, believed.get());
    } catch (SharedStoreException e) {
      throw new AuthException.Unavailable(
          "nobody can log in at the moment; get a new challenge later", e);
    }
  }
}
