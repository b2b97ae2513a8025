package io.flowfi.store;

import io.flowfi.ledger.StoredStream;
import io.flowfi.payment.StreamId;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;

/**
 * Writes streams. Those of commands and those of the chain have statements of their own: a command
 * changes less of a row.
 */
final class StreamRows {
  private final PreparedStatements statements;

  StreamRows(PreparedStatements statements) {
    this.statements = statements;
  }

  /**
   * @param replaced those whose row is written anew: no statement may change the parties, because
   *     that would write their indexes each time
   */
  void write(Collection<StoredStream> streams, Set<StreamId> replaced) throws SQLException {
    if (!replaced.isEmpty()) {
      delete(replaced);
    }
    PreparedStatement ofCommands = statements.of(StreamRow.UPSERT);
    PreparedStatement ofChain = null;
    for (StoredStream stream : streams) {
      if (stream.stream().onChain().isEmpty()) {
        StreamRow.bind(ofCommands, stream);
        ofCommands.addBatch();
      } else {
        if (ofChain == null) {
          ofChain = statements.of(StreamRow.UPSERT_ON_CHAIN);
        }
        StreamRow.bindOnChain(ofChain, stream);
        ofChain.addBatch();
      }
    }
    ofCommands.executeBatch();
    if (ofChain != null) {
      ofChain.executeBatch();
    }
  }

  private void delete(Set<StreamId> replaced) throws SQLException {
    PreparedStatement delete = statements.of("DELETE FROM streams WHERE stream_id = ?");
    for (StreamId id : replaced) {
      delete.setLong(1, id.bits());
      delete.addBatch();
    }
    delete.executeBatch();
  }
}
