package io.flowfi.indexer.rpc;

import io.flowfi.indexer.ChainSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** RPC nodes that are given less time than in earnest, for tests of several that hang. */
public final class ImpatientNodes {
  private ImpatientNodes() {}

  /**
   * @param answer until the last byte of an answer
   */
  public static List<ChainSource> of(RpcSettings settings, Duration answer, InstantSource clock) {
    Limits standard = Limits.STANDARD;
    return settings.sources(
        new Limits(standard.connect(), answer, standard.call(), standard.bodyBytes()), clock);
  }
}
