package io.flowfi.indexer.rpc;

import static io.flowfi.indexer.rpc.WrongAnswerException.required;

import io.flowfi.indexer.EntryPage;
import io.flowfi.indexer.EntryState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The result of {@code getLedgerEntries}, as it is written.
 *
 * @param entries absent if there are none
 */
record EntriesAnswer(List<Entry> entries, Long latestLedger) {
  record Entry(String key, String xdr, Long lastModifiedLedgerSeq, Long liveUntilLedgerSeq) {
    EntryState state() {
      return new EntryState(
          key,
          required(xdr, "xdr"),
          Ledgers.number(lastModifiedLedgerSeq, "lastModifiedLedgerSeq"),
          liveUntilLedgerSeq == null ? 0 : liveUntilLedgerSeq);
    }
  }

  /**
   * The entries.
   *
   * @throws WrongAnswerException if they are not those that were asked for
   */
  EntryPage page(List<String> keys) {
    Set<String> asked = new HashSet<>(keys);
    List<EntryState> states = new ArrayList<>();
    for (Entry entry : entries == null ? List.<Entry>of() : entries) {
      if (!asked.remove(required(entry, "an entry").key())) {
        throw new WrongAnswerException("an entry that was not asked for, or one twice");
      }
      states.add(entry.state());
    }
    return new EntryPage(states, Ledgers.number(latestLedger, "latestLedger"));
  }
}
