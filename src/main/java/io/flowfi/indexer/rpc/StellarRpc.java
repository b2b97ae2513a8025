package io.flowfi.indexer.rpc;

import io.flowfi.indexer.ChainSource;
import io.flowfi.indexer.ChainSourceException;
import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.indexer.EntryPage;
import io.flowfi.indexer.EventId;
import io.flowfi.indexer.EventPage;
import io.flowfi.indexer.PageStart;
import io.flowfi.indexer.SourceHealth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A node of stellar-rpc. Before its first answer and after every failure it must show that it
 * serves our network and is healthy: behind one address there may be another node by then. {@code
 * getLatestLedger} is never used: since version 25 it sends the whole ledger.
 */
final class StellarRpc implements ChainSource {
  record Network(String passphrase) {}

  record Version(String version) {}

  record Health(String status, Long latestLedger, Long oldestLedger, String latestLedgerCloseTime) {
    boolean healthy() {
      return "healthy".equals(status);
    }
  }

  private static final int MOST_EVENTS = 1000;
  private static final int MOST_KEYS = 200;

  /** A node forgets one ledger for each that it takes in: far more than one can in a second. */
  private static final long FORGOTTEN_A_SECOND = 1000;

  private static final long FORGOTTEN_AT_ONCE = 10;

  private final String name;
  private final String passphrase;
  private final String contract;
  private final Limits limits;
  private final JsonRpc rpc;
  private boolean checked;
  private long deadline;

  StellarRpc(String name, RpcUrl url, RpcSettings settings, Limits limits, InstantSource clock) {
    this.name = name;
    this.passphrase = settings.passphrase();
    this.contract = settings.contract().strKey();
    this.limits = limits;
    this.rpc = new JsonRpc(new HttpNode(url, limits, clock), url);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public EventPage events(PageStart start, int limit) {
    if (limit < 1 || limit > MOST_EVENTS) {
      throw new IllegalArgumentException("a page has 1 to " + MOST_EVENTS + " events");
    }
    return checked(
        () -> {
          long asked = System.nanoTime();
          EventPage page =
              call("getEvents", question(start, limit), EventsAnswer.class)
                  .page(start, limit, contract);
          confirm(EventId.of(start).ledger(), page, Duration.ofNanos(System.nanoTime() - asked));
          return page;
        });
  }

  /**
   * A node reads its range and its events one after the other, and may forget ledgers in between:
   * their events are then missing from a page that looks whole. If it still has the first ledger
   * afterwards, the page is whole. The range in the page is the one from before, so this is asked
   * for on its own, but only if the node can have forgotten so much since the page was asked for.
   */
  private void confirm(long first, EventPage page, Duration took) {
    if (mayBeForgotten(first, page.oldestLedger().orElse(0), took)) {
      Health health = call("getHealth", null, Health.class);
      long oldest = Ledgers.number(health.oldestLedger(), "oldestLedger");
      if (first < oldest) {
        // both numbers of one time: a range that ends before it begins could not be gone on from
        long latest = Ledgers.number(health.latestLedger(), "latestLedger");
        throw ChainSourceException.outOfRange(
            "ledger " + first + " was forgotten while it was read", oldest, latest);
      }
    }
  }

  /** Whether a node whose range began with the oldest ledger may not have the first one by now. */
  static boolean mayBeForgotten(long first, long oldest, Duration took) {
    return first - oldest < FORGOTTEN_AT_ONCE + took.toMillis() * FORGOTTEN_A_SECOND / 1000;
  }

  /** Always one filter without topics: with several, versions up to 27.1.0 lose events. */
  private Map<String, Object> question(PageStart start, int limit) {
    Map<String, Object> params = new LinkedHashMap<>();
    Map<String, Object> pagination = new LinkedHashMap<>();
    if (start instanceof PageStart.AtLedger at) {
      params.put("startLedger", at.ledger());
    } else if (start instanceof PageStart.Behind behind) {
      pagination.put("cursor", behind.cursor());
    }
    pagination.put("limit", limit);
    params.put("filters", List.of(filter()));
    params.put("pagination", pagination);
    params.put("xdrFormat", "base64");
    return params;
  }

  private Map<String, Object> filter() {
    return Map.of("type", "contract,system", "contractIds", List.of(contract));
  }

  @Override
  public SourceHealth health() {
    return checked(
        () -> {
          Health health = call("getHealth", null, Health.class);
          return new SourceHealth(
              health.healthy(),
              version(),
              Ledgers.number(health.latestLedger(), "latestLedger"),
              Ledgers.number(health.oldestLedger(), "oldestLedger"),
              Ledgers.optionalTime(health.latestLedgerCloseTime(), "latestLedgerCloseTime"));
        });
  }

  /** Some gateways do not pass the question on, and nothing depends on the answer. */
  private String version() {
    try {
      String version = call("getVersionInfo", null, Version.class).version();
      return version == null ? "" : version;
    } catch (ChainSourceException e) {
      if (e.kind() == Kind.UNUSABLE) {
        return "";
      }
      throw e;
    }
  }

  @Override
  public EntryPage entries(List<String> keys) {
    if (keys.isEmpty() || keys.size() > MOST_KEYS) {
      throw new IllegalArgumentException("1 to " + MOST_KEYS + " keys");
    }
    return checked(
        () ->
            call(
                    "getLedgerEntries",
                    Map.of("keys", keys, "xdrFormat", "base64"),
                    EntriesAnswer.class)
                .page(keys));
  }

  /** Asks, after a check if one is due. */
  private <T> T checked(Supplier<T> questions) {
    deadline = System.nanoTime() + limits.call().toNanos();
    boolean good = false;
    try {
      if (!checked) {
        check();
      }
      T answer = questions.get();
      good = true;
      return answer;
    } catch (WrongAnswerException e) {
      throw ChainSourceException.of(Kind.UNUSABLE, e.getMessage(), e);
    } finally {
      checked = good;
    }
  }

  private void check() {
    try {
      if (!passphrase.equals(call("getNetwork", null, Network.class).passphrase())) {
        throw ChainSourceException.of(Kind.OTHER_NETWORK, "the node serves another network", null);
      }
      if (!call("getHealth", null, Health.class).healthy()) {
        throw ChainSourceException.of(Kind.UNREACHABLE, "the node is not healthy", null);
      }
    } catch (ChainSourceException e) {
      if (e.kind() != Kind.TOO_MUCH) {
        throw e;
      }
      // a smaller page would not help
      throw ChainSourceException.of(Kind.UNREACHABLE, "no answer to a check: " + e.getMessage(), e);
    }
  }

  private <R> R call(String method, Object params, Class<R> type) {
    return rpc.call(
        method, params, type, Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
  }

  @Override
  public void close() {
    rpc.close();
  }
}
