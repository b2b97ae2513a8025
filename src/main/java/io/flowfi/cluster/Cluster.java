package io.flowfi.cluster;

import io.flowfi.auth.ChallengeSeal;
import io.flowfi.auth.NodeProof;
import io.flowfi.auth.Sep10Login;
import io.flowfi.auth.SpentChallenges;
import io.flowfi.auth.TicketStore;
import io.flowfi.auth.Tickets;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LogUnavailableException;
import io.flowfi.log.SavedFilters;
import io.flowfi.threads.DaemonThreads;
import io.flowfi.time.BelievedTime;
import io.flowfi.time.ClockDoubt;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's place among the nodes of its log. A thread of its own reports regularly that the node
 * lives, and removes what is over. Any thread may call.
 */
public final class Cluster implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
  private static final Duration PULSE = Duration.ofSeconds(2);

  /**
   * Longer than a challenge is valid, by more than the clocks of two nodes can differ, or be ahead
   * without a doubt.
   */
  static final Duration CHALLENGES_KEPT =
      Sep10Login.LIFETIME.plusMinutes(5).plus(BelievedTime.TOLERANCE);

  /** Small, so that nobody waits for it; as often as there is more. */
  private static final int SWEPT_AT_ONCE = 500;

  private static final int SWEEPS_A_PULSE = 10;

  private final ClusterStore store;
  private final String id;
  private final Supplier<NodeStore.Report> report;
  private final ClusterSlots slots;
  private final ClockDoubt doubt;
  private final Clocks clock;
  private final BelievedTime time;
  private final SharedClock shared = new SharedClock();
  private final SharedTickets tickets;
  private final SharedSpentChallenges challenges;
  private final SharedFilters filters;
  private final ChallengeSeal seal;
  private final NodeProof proof;
  private final NodeCalls calls;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final DaemonThreads threads = new DaemonThreads("cluster-pulse");
  private final Thread thread = threads.newThread(this::run);
  private volatile int live = 1;

  /** By the clock of this node, at the last report. */
  private volatile Instant believed;

  private boolean failing;

  /**
   * Nothing runs yet.
   *
   * @param id of this node
   * @param report what it says of itself
   * @param slots what it tells of its slots, and hears of those of the others
   * @param doubt what is stored of a clock that was ahead
   * @throws SharedStoreException if the database does not answer
   */
  public Cluster(
      ClusterStore store,
      LogSecret secret,
      String id,
      Supplier<NodeStore.Report> report,
      ClusterSlots slots,
      ClockDoubt doubt,
      Clocks clock) {
    this.store = store;
    this.id = id;
    this.report = report;
    this.slots = slots;
    this.doubt = doubt;
    this.clock = clock;
    this.time = new BelievedTime(clock::nanos);
    this.tickets = new SharedTickets(store.oneTime());
    this.challenges = new SharedSpentChallenges(store.oneTime(), this::believed);
    this.filters = new SharedFilters(store.filters(), this::believed, clock::nanos);
    this.seal = new ChallengeSeal(() -> secret.mac("SEP-10 challenges"), shared::nanos);
    this.proof = new NodeProof(() -> secret.mac("requests between nodes"), shared::nanos, id);
    this.calls = new NodeCalls(id, this::live, proof);
    sweep();
  }

  public void start() {
    thread.start();
  }

  public TicketStore tickets() {
    return tickets;
  }

  public SpentChallenges challenges() {
    return challenges;
  }

  public SavedFilters filters() {
    return filters;
  }

  /** The same for all nodes: each takes the challenges of the others. */
  public ChallengeSeal seal() {
    return seal;
  }

  /** What the other nodes prove their requests by. */
  public NodeProof proof() {
    return proof;
  }

  /** Requests to the other nodes. */
  public NodeCalls calls() {
    return calls;
  }

  /**
   * The nodes that live, oldest first.
   *
   * @throws LogUnavailableException if the database does not answer
   */
  public List<NodeStore.LiveNode> live() {
    try {
      return store.nodes().live();
    } catch (SharedStoreException e) {
      throw new LogUnavailableException("the list of nodes cannot be read", e);
    }
  }

  /** How many nodes live, this one included, as of the last report. Returns at once. */
  public int size() {
    return live;
  }

  private void run() {
    try {
      do {
        pulse();
      } while (!ended.await(PULSE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException givenUp) {
      Thread.currentThread().interrupt();
    }
  }

  private void pulse() {
    try {
      List<NodeStore.Member> living = store.nodes().report(report.get(), slots.told()).living();
      live = living.size();
      slots.hear(living);
      sweep();
      if (failing) {
        failing = false;
        LOG.info("the list of nodes can be written again");
      }
    } catch (RuntimeException | Error e) {
      // all of it is tried again; the thread must not end, nobody would start it again
      if (!failing) {
        failing = true;
        LOG.warn("the list of nodes cannot be written; the others will miss this node", e);
      }
    }
  }

  private Instant believed() {
    return believed;
  }

  /**
   * Removes what is over by the database's clock and by this node's. How long ago the last event
   * was says nothing here: people log in where nothing is paid, too.
   */
  void sweep() {
    believed = Instant.ofEpochSecond(time.seconds(0, doubt, clock.instant().getEpochSecond()));
    OneTimeStore.Swept swept;
    boolean moreFilters;
    int sweeps = 0;
    do {
      swept = store.oneTime().sweep(Tickets.LIFETIME, CHALLENGES_KEPT, believed, SWEPT_AT_ONCE);
      moreFilters = store.filters().sweep(SharedFilters.KEPT, believed, SWEPT_AT_ONCE);
    } while ((swept.more() || moreFilters) && ++sweeps < SWEEPS_A_PULSE);
    shared.set(swept.now());
    tickets.setKnown(swept.tickets());
    challenges.setKnown(swept.challenges());
  }

  @Override
  public void close() {
    ended.countDown();
    calls.close();
    threads.awaitEnd();
    try {
      store.nodes().leave(id);
    } catch (SharedStoreException e) {
      LOG.warn("this node stays on the list of nodes for a while: {}", e.getMessage());
    }
  }
}
