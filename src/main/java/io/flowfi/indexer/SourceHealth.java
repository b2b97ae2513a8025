package io.flowfi.indexer;

import java.util.OptionalLong;

/**
 * What a node says of itself ({@code getHealth}, {@code getVersionInfo}).
 *
 * @param version as the node names itself; empty text where it does not tell
 * @param latestCloseTime in Unix seconds
 */
public record SourceHealth(
    boolean healthy,
    String version,
    long latestLedger,
    long oldestLedger,
    OptionalLong latestCloseTime) {}
