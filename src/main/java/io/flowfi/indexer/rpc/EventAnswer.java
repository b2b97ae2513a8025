package io.flowfi.indexer.rpc;

import static io.flowfi.indexer.rpc.WrongAnswerException.required;

import io.flowfi.indexer.EventId;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import java.util.List;

/**
 * One event of {@code getEvents}, as it is written. What stellar-rpc 22 to 27 also say, {@code
 * inSuccessfulContractCall}, means nothing: an event of a call that failed is none.
 *
 * @param topic absent if there are none
 */
record EventAnswer(
    String type,
    Long ledger,
    String ledgerClosedAt,
    String contractId,
    String id,
    Long operationIndex,
    Long transactionIndex,
    String txHash,
    List<byte[]> topic,
    byte[] value) {
  /**
   * The event.
   *
   * @param read its {@code id}
   * @param times of its page
   * @throws WrongAnswerException if its members contradict each other
   */
  RpcEvent event(EventId read, String contract, CloseTimes times) {
    ChainPosition position = read.position();
    if (transactionIndex == null || operationIndex == null) {
      throw new WrongAnswerException(
          "an event has no transactionIndex and operationIndex: a node before stellar-rpc 23,"
              + " which numbers events otherwise");
    }
    if (required(ledger, "ledger") != position.ledger()
        || transactionIndex != position.transaction()
        || operationIndex != position.operation()) {
      throw new WrongAnswerException("event " + read + " says that it is somewhere else");
    }
    if (!contract.equals(contractId)) {
      throw new WrongAnswerException("event " + read + " is of another contract");
    }
    if (!ChainFact.isHash(required(txHash, "txHash"))) {
      throw new WrongAnswerException("event " + read + " has no hash of a transaction");
    }
    return new RpcEvent(
        id,
        kind(read),
        position,
        times.of(ledgerClosedAt),
        contractId,
        txHash,
        topics(),
        required(value, "value"));
  }

  private RpcEvent.Kind kind(EventId read) {
    return switch (required(type, "type")) {
      case "contract" -> RpcEvent.Kind.CONTRACT;
      case "system" -> RpcEvent.Kind.SYSTEM;
      default ->
          throw new WrongAnswerException("event " + read + " is of a kind that was not asked for");
    };
  }

  private List<byte[]> topics() {
    if (topic == null) {
      return List.of();
    }
    topic.forEach(one -> required(one, "a topic"));
    return topic;
  }
}
