package io.flowfi.indexer;

import java.util.List;

/**
 * One answer of {@code getLedgerEntries}.
 *
 * @param entries those that exist, in any order
 * @param latestLedger as of which ledger they are
 */
public record EntryPage(List<EntryState> entries, long latestLedger) {
  public EntryPage {
    entries = List.copyOf(entries);
  }
}
