package io.flowfi.indexer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** RPC nodes as a status tells of them. */
public final class SourceFixture {
  public static final List<IndexerStatus.Source> ONE_IS_SILENT =
      List.of(
          new IndexerStatus.Source(
              "https://rpc.example.org",
              Optional.of("28.0.1"),
              OptionalLong.of(100),
              OptionalLong.of(150),
              Optional.empty()),
          new IndexerStatus.Source(
              "https://other.example.org",
              Optional.empty(),
              OptionalLong.empty(),
              OptionalLong.empty(),
              Optional.of("does not answer")));

  private SourceFixture() {}
}
