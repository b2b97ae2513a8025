package io.flowfi.indexer;

/**
 * One entry of {@code getLedgerEntries}.
 *
 * @param keyXdr base64, as it was asked for
 * @param xdr base64 of the {@code LedgerEntryData}
 * @param lastModifiedLedger when it last changed
 * @param liveUntilLedger until when it is live; 0 if it is archived or the node does not tell
 */
public record EntryState(
    String keyXdr, String xdr, long lastModifiedLedger, long liveUntilLedger) {}
