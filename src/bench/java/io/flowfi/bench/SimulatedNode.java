package io.flowfi.bench;

import io.flowfi.simulator.RpcForm;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedContract;
import io.flowfi.simulator.SimulatedRpc;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The simulated node of Stellar's RPC that tests use, in a JVM of its own: it is no part of the
 * server whose memory and processor time are measured, nor of the load generator. At first its
 * chain is empty; then it shows one part of the contract's life after the other. The pages are made
 * before, so that serving them costs it little.
 */
final class SimulatedNode implements AutoCloseable {
  static final int EVENTS_A_LEDGER = 100;
  private static final int PAGE = 1000;
  private static final long SEED = 17;

  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;
  private final String url;
  private final String contract;
  private final long firstLedger;

  /**
   * Starts one, and returns when everything that it will show is there.
   *
   * @param events at least so many in each part
   */
  static SimulatedNode start(int parts, int events) {
    try {
      return new SimulatedNode(parts, events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SimulatedNode(int parts, int events) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                SimulatedNode.class.getName(),
                Integer.toString(parts),
                Integer.toString(events))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    orders =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII));
    String[] told = answer().split(" ");
    url = told[0];
    contract = told[1];
    firstLedger = Long.parseLong(told[2]);
  }

  /** What a server needs to follow it. */
  Map<String, String> variables() {
    return Map.of(
        "STREAM_CONTRACT_ID",
        contract,
        "SOROBAN_RPC_URL",
        url,
        "STELLAR_NETWORK_PASSPHRASE",
        SimulatedChain.TESTNET,
        "INDEXER_START_LEDGER",
        Long.toString(firstLedger));
  }

  /** Makes the pages of the next part, without showing it. */
  void prepare() {
    order("prepare");
  }

  /**
   * Shows the part that was prepared, from the next request on.
   *
   * @return how many events it has
   */
  long show() {
    return Long.parseLong(order("show"));
  }

  /**
   * Shows one ledger more than before, from the next request on.
   *
   * @return how many events it has
   */
  long showLedger() {
    return Long.parseLong(order("ledger"));
  }

  private String order(String word) {
    try {
      orders.write(word + "\n");
      orders.flush();
      return answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IllegalStateException("the simulated node has ended");
    }
    return line;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  /** The node itself: how many parts, and of how many events. It ends with its standard input. */
  public static void main(String[] arguments) throws IOException {
    int parts = Integer.parseInt(arguments[0]);
    int events = Integer.parseInt(arguments[1]);
    long seconds = (long) parts * (events / EVENTS_A_LEDGER + 1) * SimulatedChain.LEDGER_SECONDS;
    SimulatedChain chain =
        new SimulatedChain(
            SimulatedChain.TESTNET,
            SimulatedChain.contractNumber(1),
            1_000,
            Instant.now().getEpochSecond() - seconds);
    List<Long> ends = new ArrayList<>(); // the newest ledger before and after each part
    List<Integer> counts = new ArrayList<>();
    ends.add(chain.latest());
    try (SimulatedContract life = new SimulatedContract(chain, SEED)) {
      for (int part = 0; part < parts; part++) {
        int before = chain.events().size();
        life.play(events, EVENTS_A_LEDGER);
        ends.add(chain.latest());
        counts.add(chain.events().size() - before);
      }
    }
    try (SimulatedRpc node = new SimulatedRpc(chain, RpcForm.V28, 0)) {
      node.faults().lag(lag(chain, ends.get(0)));
      say(node.url() + " " + chain.contractId() + " " + chain.oldest());
      serve(node, chain, ends, counts);
    }
  }

  private static void serve(
      SimulatedRpc node, SimulatedChain chain, List<Long> ends, List<Integer> counts)
      throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    int part = 0;
    long newest = ends.get(0);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.equals("prepare")) {
        node.prepare(ends.get(part) + 1, PAGE, ends.get(part + 1));
        say("ready");
      } else if (line.equals("ledger")) {
        long shown = ++newest;
        long events = chain.events().stream().filter(event -> event.ledger() == shown).count();
        node.faults().lag(lag(chain, shown));
        say(Long.toString(events));
      } else {
        node.faults().lag(lag(chain, ends.get(part + 1)));
        say(counts.get(part).toString());
        part++;
      }
    }
  }

  private static int lag(SimulatedChain chain, long newest) {
    return Math.toIntExact(chain.latest() - newest);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
