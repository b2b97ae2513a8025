package io.flowfi.indexer.xdr;

import io.flowfi.indexer.RpcEvent;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.Address;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.SimulatedEvent;
import java.util.List;

/** Events as the RPC hands them on, at one place of the chain. */
final class EventFixture {
  static final Address CONTRACT = new Address(TestAddresses.contract(77));
  static final ChainPosition POSITION = new ChainPosition(1_000, 2, 0, 3);
  static final String ID = "0000004294967304192-0000000003";
  static final long CLOSED_AT = 1_790_000_123;
  static final String HASH = "ab".repeat(32);

  private EventFixture() {}

  static RpcEvent rpc(SimulatedEvent event) {
    return rpc(
        event.system() ? RpcEvent.Kind.SYSTEM : RpcEvent.Kind.CONTRACT,
        event.topics().stream().map(ChainValue::xdr).toList(),
        event.value().xdr());
  }

  static RpcEvent rpc(List<ChainValue> topics, ChainValue value) {
    return rpc(RpcEvent.Kind.CONTRACT, topics.stream().map(ChainValue::xdr).toList(), value.xdr());
  }

  static RpcEvent rpc(RpcEvent.Kind kind, List<byte[]> topics, byte[] value) {
    return new RpcEvent(ID, kind, POSITION, CLOSED_AT, CONTRACT.strKey(), HASH, topics, value);
  }
}
