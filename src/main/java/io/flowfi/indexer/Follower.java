package io.flowfi.indexer;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The rules of the cursor: which node to ask for what, and what its answer means. Without threads,
 * sockets and stores: whoever drives it does what {@link #next} says and hands the answer in. For
 * one thread.
 *
 * <p>It stays with one node until that fails, lags or has lost what is needed, and then takes the
 * next one. What a node cannot do is a {@link Verdict}; only the verdicts of all nodes together
 * make a {@link Fault}. Progress clears them.
 *
 * <p>It waits by a clock that nobody sets: if the time of day was ahead and is put right, it would
 * ask nothing until that time comes again.
 *
 * <p>Long, because each rule of the cursor is about an answer and the state in which it was asked
 * for.
 */
final class Follower {
  /** A node that cannot be used, or has lost what is needed, is asked again after this. */
  static final Duration RETRY = Duration.ofMinutes(1);

  /** How long all nodes may be far behind us. */
  static final Duration BEHIND_PATIENCE = Duration.ofMinutes(10);

  /** A node that has so many ledgers more than the one in use takes its place. */
  private static final long FURTHER = 10;

  /** How often each node is asked where its history begins before the others decide alone. */
  private static final int FIRST_TRIES = 3;

  /** How long it waits for a node that failed at once before it asks one that may hang. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final IndexerSettings settings;
  private final Clocks clock;
  private final List<FollowedSource> sources = new ArrayList<>();
  private int current;

  /** What is stored, as far as everything is that was handed out. */
  private Optional<ChainCursor> stored = Optional.empty();

  /** Where to go on; null while not even the beginning is known. */
  private ChainCursor cursor;

  private final Transactions transactions = new Transactions();
  private final Set<String> putAside = new HashSet<>();
  private boolean caughtUp;
  private Instant pollDue = Instant.MIN;
  private Ask asked;
  private Instant askedAt = Instant.MIN;
  private Fault fault;

  /** Since when all nodes are far behind us; null if they are not. */
  private Instant behindSince;

  Follower(List<String> names, IndexerSettings settings, Clocks clock, RandomGenerator random) {
    this.settings = settings;
    this.clock = clock;
    names.forEach(name -> sources.add(new FollowedSource(name, clock::steadyInstant, random)));
  }

  /** Begins, or begins again, at what is stored. */
  void begin(Optional<ChainCursor> known) {
    stored = known;
    beginAnew();
    sources.forEach(source -> source.checked = false);
    fault = null;
    behindSince = null;
    caughtUp = false;
    pollDue = Instant.MIN;
    forgive();
  }

  private void beginAnew() {
    transactions.forget();
    cursor = stored.orElse(null);
    if (cursor == null && settings.startLedger().isPresent()) {
      cursor = first(settings.startLedger().getAsLong(), 0);
    } else if (cursor == null) {
      // each is asked again where its history begins; it may have forgotten more by now
      sources.forEach(source -> source.oldest = OptionalLong.empty());
    }
  }

  private void forgive() {
    for (FollowedSource source : sources) {
      source.verdict = Optional.empty();
    }
  }

  private static ChainCursor first(long ledger, long tip) {
    return new ChainCursor(Optional.empty(), Optional.empty(), ledger - 1, tip, ledger);
  }

  Optional<Fault> fault() {
    return Optional.ofNullable(fault);
  }

  /** Stands still for good because of what came out elsewhere. */
  void stop(Fault reason) {
    fault = reason;
  }

  /** Whatever it stood at counts no more. */
  void release() {
    fault = null;
  }

  Optional<ChainCursor> cursor() {
    return Optional.ofNullable(cursor);
  }

  /** The event that cannot be decoded, by any node, in the way of the cursor. */
  Optional<Fault.Undecodable> defect() {
    return sources.stream()
        .flatMap(source -> source.verdict.stream())
        .flatMap(verdict -> verdict.defect().stream())
        .findFirst();
  }

  /** The newest ledger of any node, as far as known. */
  Optional<Long> newest() {
    return sources.stream()
        .filter(source -> source.latest.isPresent())
        .map(source -> source.latest.getAsLong())
        .max(Long::compare);
  }

  boolean isCaughtUp() {
    return caughtUp;
  }

  FollowedSource source() {
    return sources.get(current);
  }

  /** The node of the last question, which may be another one than that in use. */
  FollowedSource asked() {
    return sources.get(asked instanceof Ask.Health health ? health.source() : current);
  }

  List<FollowedSource> sources() {
    return sources;
  }

  /** Whether any node may be asked now. */
  boolean isWaiting() {
    Instant now = clock.steadyInstant();
    return sources.stream().allMatch(source -> source.due().isAfter(now));
  }

  /**
   * The node for a second reading that goes on at a ledger: the one in use, else one with which
   * nothing is wrong. Empty if none may be asked now.
   */
  Optional<FollowedSource> forReread(long ledger) {
    Instant now = clock.steadyInstant();
    for (int step = 0; step < sources.size(); step++) {
      FollowedSource candidate = sources.get((current + step) % sources.size());
      boolean well = step == 0 || candidate.verdict.isEmpty() && !candidate.isSpared(now);
      if (well && candidate.mayHave(ledger) && !candidate.due().isAfter(now)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The event is left out from now on; everything else of its transaction is not. */
  void putAside(String event) {
    putAside.add(event);
  }

  /** An administrator has changed what stood in the way: every node may be asked at once. */
  void tryAtOnce() {
    sources.forEach(FollowedSource::answered);
  }

  Ask next() {
    asked = isStopped() ? whileStopped() : choose();
    askedAt = clock.steadyInstant();
    return asked;
  }

  private boolean isStopped() {
    return fault != null && fault.isFinal();
  }

  /** Nothing is read; but an administrator must see which ledgers the nodes have. */
  private Ask whileStopped() {
    Instant now = clock.steadyInstant();
    for (int index = 0; index < sources.size(); index++) {
      FollowedSource source = sources.get(index);
      if (!source.healthDue.isAfter(now) && !source.due().isAfter(now)) {
        return new Ask.Health(index);
      }
    }
    return new Ask.Halt(fault);
  }

  private Ask choose() {
    Instant now = clock.steadyInstant();
    List<FollowedSource> inTurn = new ArrayList<>();
    for (int step = 0; step < sources.size(); step++) {
      int candidate = (current + step) % sources.size();
      if (!isFirstAsked(candidate)) {
        inTurn.add(sources.get(candidate));
      }
    }
    List<FollowedSource> quick = inTurn.stream().filter(source -> !source.isSpared(now)).toList();
    boolean worthWaiting =
        quick.stream().anyMatch(source -> !source.due().isAfter(now.plus(PATIENCE)));
    List<FollowedSource> candidates = worthWaiting ? quick : inTurn;
    for (FollowedSource candidate : candidates) {
      if (!candidate.due().isAfter(now)) {
        if (candidate != source()) {
          use(sources.indexOf(candidate));
        }
        return of(candidate, now);
      }
    }
    return new Ask.Pause(
        candidates.stream().map(FollowedSource::due).min(Instant::compareTo).orElseThrow());
  }

  /** Whether there is nothing to ask this one until the others have said where they begin. */
  private boolean isFirstAsked(int source) {
    return cursor == null && sources.get(source).oldest.isPresent();
  }

  private void use(int source) {
    current = source;
    sources.get(source).checked = false;
    transactions.dropTail();
    caughtUp = false;
  }

  private Ask of(FollowedSource source, Instant now) {
    if (cursor == null || !source.healthDue.isAfter(now)) {
      return new Ask.Health(current);
    }
    int limit = source.size.limit();
    if (!source.checked && canBeChecked(source)) {
      return new Ask.Check(
          current,
          new PageStart.Behind(EventId.of(cursor.last().orElseThrow()).before().toString()),
          limit);
    }
    if (caughtUp && now.isBefore(pollDue)) {
      for (int other = 0; other < sources.size(); other++) {
        if (sources.get(other).compared && !sources.get(other).due().isAfter(now)) {
          return new Ask.Health(other);
        }
      }
      return new Ask.Pause(pollDue);
    }
    return new Ask.Page(current, start(), limit);
  }

  /** A node that has forgotten that ledger cannot show it, and need not. */
  private boolean canBeChecked(FollowedSource source) {
    return cursor.last().isPresent()
        && source.oldest.stream().allMatch(oldest -> oldest <= cursor.last().get().ledger())
        && !putAside.contains(EventId.of(cursor.last().get()).toString());
  }

  private PageStart start() {
    return transactions
        .readThrough()
        .or(cursor::token)
        .<PageStart>map(PageStart.Behind::new)
        .orElseGet(() -> new PageStart.AtLedger(cursor.scanned() + 1));
  }

  // ---- answers

  void health(SourceHealth health) {
    Instant now = clock.steadyInstant();
    int index = ((Ask.Health) asked).source();
    FollowedSource told = sources.get(index);
    told.tells(health, now);
    if (isStopped()) {
      told.failures = 0;
      told.backOff.succeeded();
    } else if (cursor == null) {
      told.failures = 0;
      beginAtOldest();
    } else if (index == current) {
      boolean compare = told.isStale(clock.instant()) || !health.healthy();
      for (int other = 0; other < sources.size(); other++) {
        sources.get(other).compared =
            other != current && compare && !sources.get(other).isSpared(now);
      }
    } else if (isBetter(index)) {
      use(index);
    }
  }

  private boolean isBetter(int index) {
    long other = sources.get(index).latest.orElse(0);
    long mine = source().latest.orElse(0);
    boolean has = sources.get(index).oldest.orElse(0) <= cursor.scanned() + 1;
    return has && other > mine + FURTHER;
  }

  /** The URL that reaches furthest back decides, once each has told or has been tried in vain. */
  private void beginAtOldest() {
    Instant now = clock.steadyInstant();
    boolean all =
        sources.stream()
            .allMatch(
                source ->
                    source.oldest.isPresent()
                        || source.failures >= FIRST_TRIES
                        || source.isSpared(now));
    OptionalLong oldest = sources.stream().flatMapToLong(source -> source.oldest.stream()).min();
    if (!all || oldest.isEmpty()) {
      return;
    }
    for (int index = 0; index < sources.size(); index++) {
      if (sources.get(index).oldest.equals(oldest)) {
        use(index);
        break;
      }
    }
    cursor = first(oldest.getAsLong(), source().latest.orElse(0));
  }

  /**
   * The answer to a check.
   *
   * @return the event that the node tells of at the place of the last known one; empty if it could
   *     not be found out or the node cannot be used
   */
  Optional<ReadEvent> checked(DecodedPage answer) {
    ChainPosition last = cursor.last().orElseThrow();
    FollowedSource source = source();
    source.tells(answer.page());
    Optional<ReadEvent> found =
        answer.events().stream().filter(event -> event.position().equals(last)).findFirst();
    boolean readPast =
        answer.page().isFull()
            ? answer.events().stream().anyMatch(event -> event.position().isAfter(last))
            : answer.page().latestLedger() >= last.ledger();
    if (found.isEmpty() && readPast && source.oldest.orElse(0) <= last.ledger()) {
      rejected(
          Verdict.of(Verdict.Kind.MISSES_KNOWN, "it does not have event " + EventId.of(last)),
          RETRY);
      return Optional.empty();
    }
    source.checked = true;
    source.answered();
    return found.filter(event -> event.fact().isPresent());
  }

  /**
   * The answer to a page.
   *
   * @return what goes into the log now, in order; nothing if there is no news
   */
  List<Slice> page(DecodedPage answer) {
    EventPage page = answer.page();
    FollowedSource source = source();
    long through;
    try {
      through = checkedEnd(answer);
    } catch (IllegalArgumentException e) {
      failedWith("a wrong answer: " + e.getMessage());
      return List.of();
    }
    source.tells(page);
    if (source.oldest.orElse(0) > cursor.scanned() + 1) {
      lost(source.oldest.getAsLong()); // some versions answer an empty page instead of an error
      return List.of();
    }
    if (page.latestLedger() < cursor.scanned() || !page.isFull() && through < cursor.scanned()) {
      lags(page.latestLedger());
      return List.of();
    }
    Optional<Fault> disagreement =
        transactions.add(source.name, visible(answer), page.isFull() ? -1 : through);
    if (disagreement.isPresent()) {
      fault = disagreement.get();
      return List.of();
    }
    if (transactions.isTooLong()) {
      failedWith("a wrong answer: a transaction that never ends");
      return List.of();
    }
    return applied(answer, through);
  }

  private List<ReadEvent> visible(DecodedPage answer) {
    return putAside.isEmpty()
        ? answer.events()
        : answer.events().stream().filter(event -> !putAside.contains(event.id())).toList();
  }

  private List<Slice> applied(DecodedPage answer, long through) {
    EventPage page = answer.page();
    FollowedSource source = source();
    Optional<ReadEvent> defect = transactions.defect();
    List<List<ReadEvent>> whole = transactions.take(!page.isFull());
    Slices slices = new Slices(stored, cursor, Math.max(cursor.tip(), page.latestLedger()));
    whole.forEach(slices::add);
    transactions.pageEnded(
        page.isFull()
            ? Optional.of(answer.events().get(answer.events().size() - 1))
            : Optional.empty());
    if (!page.isFull() && defect.isEmpty()) {
      slices.end(page.cursor(), through);
    } else {
      slices.end();
    }
    ChainCursor before = cursor;
    cursor = slices.next();
    if (!slices.all().isEmpty()) {
      stored = Optional.of(cursor);
    }
    boolean on = cursor.scanned() > before.scanned() || !cursor.last().equals(before.last());
    if (on) {
      forgive();
      fault = null;
      behindSince = null;
    }
    if (defect.isPresent()) {
      undecodable(defect.get());
      return slices.all();
    }
    source.size.answered(page);
    caughtUp = !page.isFull() && through >= page.latestLedger();
    if (!page.isFull() && !caughtUp && !on) {
      failedWith("it does not go on behind ledger " + through);
      return slices.all();
    }
    source.answered();
    source.checked = true; // the last event that is known is its own
    fault = null;
    if (caughtUp) {
      pollDue = clock.steadyInstant().plus(settings.pollInterval());
    }
    return slices.all();
  }

  /**
   * Where the page ends: its last ledger that was read to the end, or its last event's.
   *
   * @throws IllegalArgumentException if the answer contradicts itself or what was asked for
   */
  private long checkedEnd(DecodedPage answer) {
    EventPage page = answer.page();
    ChainPosition before = null;
    for (ReadEvent event : answer.events()) {
      if (before != null && before.isAfter(event.position())) {
        throw new IllegalArgumentException("event " + event.id() + " is not in the chain's order");
      }
      before = event.position();
    }
    if (page.isFull()) {
      if (!transactions.isNews(before, cursor.last())) {
        throw new IllegalArgumentException("the same events again after " + page.cursor());
      }
      return before.ledger();
    }
    long end = EventId.parse(page.cursor()).ledger();
    if (end > page.latestLedger()) {
      throw new IllegalArgumentException(
          "its cursor is behind its newest ledger " + page.latestLedger());
    }
    if (before != null && before.ledger() > end) {
      throw new IllegalArgumentException("event " + before + " is behind its cursor");
    }
    return end;
  }

  private void undecodable(ReadEvent event) {
    UndecodableEventException defect = event.defect().orElseThrow();
    transactions.dropTail();
    caughtUp = false;
    rejected(
        Verdict.undecodable(
            new Fault.Undecodable(
                event.id(), event.position(), defect.getMessage(), defect.stream())),
        RETRY);
  }

  // ---- failures

  /** The node that was asked has not answered usefully. */
  void failed(ChainSourceException failure) {
    FollowedSource source = asked();
    Instant now = clock.steadyInstant();
    Duration took = Duration.between(askedAt, now);
    if (failure.kind() == Kind.TOO_MUCH) {
      source.size.tooMany();
    }
    if (isStopped()) {
      source.verdict = Optional.of(Verdict.of(silentOr(failure), failure.getMessage()));
      source.failed(failure.retryAfter(), took, now);
      return;
    }
    if (source != source()) {
      source.compared = false;
      source.failed(failure.retryAfter(), took, now);
      return;
    }
    if (cursor == null) {
      source.verdict = Optional.of(Verdict.of(silentOr(failure), failure.getMessage()));
      source.failed(failure.retryAfter(), took, now);
      beginAtOldest();
      judge();
      return;
    }
    switch (failure.kind()) {
      case OUT_OF_RANGE -> {
        source.failures++;
        outOfRange(failure);
      }
      case OTHER_NETWORK, UNUSABLE, UNREACHABLE, TOO_MUCH, BUSY -> {
        source.verdict = Optional.of(Verdict.of(silentOr(failure), failure.getMessage()));
        source.failed(failure.retryAfter(), took, now);
        leave();
      }
    }
  }

  private static Verdict.Kind silentOr(ChainSourceException failure) {
    return switch (failure.kind()) {
      case OTHER_NETWORK -> Verdict.Kind.OTHER_NETWORK;
      case UNUSABLE -> Verdict.Kind.UNUSABLE;
      default -> Verdict.Kind.SILENT;
    };
  }

  /** By the numbers only: the same error is given for ledgers too old and too new. */
  private void outOfRange(ChainSourceException failure) {
    FollowedSource source = source();
    source.oldest = failure.oldest().isPresent() ? failure.oldest() : source.oldest;
    source.latest = failure.latest().isPresent() ? failure.latest() : source.latest;
    long oldest = source.oldest.orElse(0);
    long latest = source.latest.orElse(Long.MAX_VALUE);
    long scanned = cursor.scanned();
    if (asked instanceof Ask.Check) {
      checkOutOfRange(oldest, latest);
    } else if (scanned + 1 < oldest) {
      lost(oldest);
    } else if (scanned >= latest) {
      lags(latest);
    } else if (scanned + 1 == oldest && !(start() instanceof PageStart.AtLedger)) {
      // the node has forgotten what is known already, and nothing else
      cursor =
          new ChainCursor(cursor.last(), Optional.empty(), scanned, cursor.tip(), cursor.since());
      transactions.dropTail();
    } else {
      failedWith(failure.getMessage());
    }
  }

  private void checkOutOfRange(long oldest, long latest) {
    long last = cursor.last().orElseThrow().ledger();
    if (last > latest) {
      lags(latest);
    } else if (last < oldest || last == oldest) {
      source().checked = true; // it cannot show it; what comes next is asked for as ever
    } else {
      failedWith("it calls ledger " + last + " out of its range");
    }
  }

  private void lags(long latest) {
    // it may have the next ledger at any moment
    rejected(Verdict.lags(latest), settings.pollInterval());
  }

  private void lost(long oldest) {
    if (stored.isEmpty() && settings.startLedger().isEmpty()) {
      beginAnew(); // nothing is stored yet: the history begins where it can
      source().rest = clock.steadyInstant().plus(settings.pollInterval());
      return;
    }
    rejected(Verdict.lost(oldest), RETRY);
  }

  private void failedWith(String message) {
    source().verdict = Optional.of(Verdict.of(Verdict.Kind.SILENT, message));
    source().failed(Optional.empty(), Duration.ZERO, clock.steadyInstant());
    leave();
  }

  private void rejected(Verdict verdict, Duration rest) {
    source().verdict = Optional.of(verdict);
    source().rest = clock.steadyInstant().plus(rest);
    leave();
  }

  private void leave() {
    source().checked = false;
    transactions.dropTail();
    caughtUp = false;
    judge();
  }

  private void judge() {
    Map<String, Verdict> verdicts = verdicts();
    long scanned = cursor == null ? 0 : cursor.scanned();
    Optional<Fault> judged = Judgement.of(verdicts, sources.size(), scanned);
    if (judged.isPresent()) {
      fault =
          verdicts.values().stream().allMatch(one -> one.is(Verdict.Kind.MISSES_KNOWN))
              ? new Fault.OtherChain(
                  EventId.of(cursor.last().orElseThrow()).toString(),
                  String.join(", ", verdicts.keySet()),
                  "no node has it")
              : judged.get();
    }
    Optional<Long> tip = Judgement.tipTooFarBehind(verdicts, sources.size(), scanned);
    if (tip.isEmpty()) {
      behindSince = null;
    } else if (behindSince == null) {
      behindSince = clock.steadyInstant();
    } else if (!clock.steadyInstant().isBefore(behindSince.plus(BEHIND_PATIENCE))) {
      fault = new Fault.TipBehind(scanned, tip.get());
    }
  }

  private Map<String, Verdict> verdicts() {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    for (FollowedSource source : sources) {
      source.verdict.ifPresent(
          verdict -> verdicts.put(source.name, verdict.after(source.failures)));
    }
    return verdicts;
  }
}
