package io.flowfi.indexer;

import io.flowfi.ledger.ChainPosition;
import java.util.List;

/**
 * One event of {@code getEvents}, not decoded yet.
 *
 * @param id the RPC's id of it: 19 digits, a hyphen, 10 digits
 * @param kind contract or system
 * @param closedAt when its ledger closed, in Unix seconds
 * @param contractId the {@code C...} address it came from
 * @param transactionHash 64 hexadecimal digits
 * @param topics XDR of each topic
 * @param value XDR of the value
 */
public record RpcEvent(
    String id,
    Kind kind,
    ChainPosition position,
    long closedAt,
    String contractId,
    String transactionHash,
    List<byte[]> topics,
    byte[] value) {
  public enum Kind {
    CONTRACT,
    SYSTEM
  }

  public RpcEvent {
    topics = List.copyOf(topics);
  }
}
