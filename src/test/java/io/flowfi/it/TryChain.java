package io.flowfi.it;

import io.flowfi.simulator.FaultPage;
import io.flowfi.simulator.RpcForm;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedRpc;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The trial of {@code mvn -Pchain}: a simulated chain with a contract that people use, its RPC, and
 * a server that follows it. {@code -Dflowfi.chain.rate=100} makes so many events in a ledger.
 * Everything listens on the loopback only, and nothing of it is kept.
 */
final class TryChain {
  private static final String PASSPHRASE = "Simulated Network of FlowFi";
  private static final long FIRST_LEDGER = 1_000;
  private static final int HISTORY = 2_000; // events
  private static final int AT_ONCE = 6; // events in a ledger of the past
  private static final int RATE = Integer.getInteger("flowfi.chain.rate", AT_ONCE);

  private TryChain() {}

  /** Runs until Ctrl-C. */
  public static void main(String[] arguments) throws Exception {
    long past = (long) HISTORY / AT_ONCE * SimulatedChain.LEDGER_SECONDS;
    SimulatedChain chain =
        new SimulatedChain(
            PASSPHRASE,
            SimulatedChain.contractNumber(1),
            FIRST_LEDGER,
            Instant.now().getEpochSecond() - past - SimulatedChain.LEDGER_SECONDS);
    try (SimulatedContract contract = new SimulatedContract(chain, System.nanoTime());
        SimulatedRpc rpc = new SimulatedRpc(chain, RpcForm.V28, ServerProcess.freePort())) {
      contract.play(HISTORY, AT_ONCE);
      contract.start(Duration.ofSeconds(SimulatedChain.LEDGER_SECONDS), RATE);
      URI faults = FaultPage.open(rpc, contract);
      say("Starting a server that follows contract " + chain.contractId() + ".");
      try (TomcatServer server =
          TomcatServer.start(
              Map.of(
                  "STREAM_CONTRACT_ID", chain.contractId(),
                  "SOROBAN_RPC_URL", rpc.url().toString(),
                  "STELLAR_NETWORK_PASSPHRASE", PASSPHRASE,
                  "INDEXER_START_LEDGER", Long.toString(FIRST_LEDGER),
                  "INDEXER_POLL_INTERVAL", "1s"))) {
        say("");
        say("console     " + server.uri());
        say("status      curl " + server.uri().resolve("/v1/admin/indexer/status"));
        say("RPC         " + rpc.url());
        say("faults      " + faults + " or, say, curl -d lag=50 " + faults);
        say("");
        say("The chain closes a ledger every 5 s. Ctrl-C ends everything, and nothing is kept.");
        new CountDownLatch(1).await();
      }
    }
  }

  @SuppressWarnings("SystemOut") // it is what the command is for
  private static void say(String line) {
    System.out.println(line);
  }
}
