package io.flowfi.app;

import static io.flowfi.app.FollowedChain.done;
import static io.flowfi.simulator.SimulatedTransaction.tx;

import io.flowfi.indexer.Fault;
import io.flowfi.indexer.Indexer;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.indexer.xdr.XdrEventDecoder;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.payment.Address;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.ChainValue;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.HostileXdr;
import io.flowfi.simulator.PlacedEvent;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedEvent;
import io.flowfi.simulator.SimulatedRpc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of {@link HostileChainTest}, for a JVM with little memory: decodes everything hostile
 * that can be made of the contract's events, then follows a chain whose node tells the worst of it.
 * It ends with 0 if each was a decode fault that cost neither memory nor stack.
 */
final class HostileChain {
  private HostileChain() {}

  /** The argument is a folder for the log. */
  @SuppressWarnings("SystemOut") // the test reads it
  public static void main(String[] arguments) {
    System.out.println(decoded() + " values are none");
    System.out.println(followed(Path.of(arguments[0])) + " events were put aside");
    System.exit(0); // with threads that hang it would not end by itself
  }

  private static int decoded() {
    SimulatedChain chain = new SimulatedChain();
    XdrEventDecoder decoder = new XdrEventDecoder(new Address(chain.contractId()), anomaly -> {});
    List<SimulatedEvent> events = new ArrayList<>(EveryEvent.all());
    events.addAll(EveryEvent.newAddresses());
    int count = 0;
    for (SimulatedEvent event : events) {
      List<HostileXdr> hostile = new ArrayList<>(HostileXdr.of(event.value().xdr()));
      hostile.addAll(HostileXdr.monsters());
      for (HostileXdr value : hostile) {
        mustBeFault(decoder, chain, event.withValue(value.xdr()), value.what());
        count++;
      }
    }
    return count;
  }

  private static void mustBeFault(
      XdrEventDecoder decoder, SimulatedChain chain, SimulatedEvent event, String what) {
    RpcEvent told =
        new RpcEvent(
            "0000004294967300096-0000000000",
            event.system() ? RpcEvent.Kind.SYSTEM : RpcEvent.Kind.CONTRACT,
            new ChainPosition(1_000, 1, 0, 0),
            1_790_000_000,
            chain.contractId(),
            "00".repeat(32),
            event.topics().stream().map(ChainValue::xdr).toList(),
            event.value().xdr());
    try {
      decoder.decode(told);
    } catch (UndecodableEventException fault) {
      if (fault.getCause() instanceof Error error) {
        throw new AssertionError(event + " with " + what + " took too much", error);
      }
      return;
    }
    throw new AssertionError(event + " with " + what + " was decoded");
  }

  /** Each of the monsters stops the indexer until an administrator puts it aside. */
  private static int followed(Path folder) {
    SimulatedChain chain = new SimulatedChain();
    SimulatedEvent good = EveryEvent.all().get(4);
    List<HostileXdr> monsters = HostileXdr.monsters();
    for (int i = 0; i < monsters.size(); i++) {
      chain.ledger(tx(good), tx(good));
    }
    try (SimulatedRpc node = new SimulatedRpc(chain);
        FollowedChain log =
            new FollowedChain(TestStore.EMBEDDED, folder, chain).from(chain.oldest())) {
      List<String> broken = new ArrayList<>();
      for (int i = 0; i < monsters.size(); i++) {
        PlacedEvent second = chain.events().get(2 * i + 1);
        node.faults().tamper(second.id(), good.withValue(monsters.get(i).xdr()));
        broken.add(second.id());
      }
      Indexer indexer = log.follow(node);
      for (String id : broken) {
        Fault.Undecodable fault = log.awaitFault(indexer, Fault.Undecodable.class);
        if (!fault.event().equals(id)) {
          throw new AssertionError("stopped at " + fault.event() + " instead of " + id);
        }
        done(indexer.quarantine(id));
      }
      log.awaitAll(indexer);
      if (log.types().stream().filter("protocol.event_quarantined"::equals).count()
          != broken.size()) {
        throw new AssertionError("log: " + log.types());
      }
      return broken.size();
    }
  }
}
