package io.flowfi.indexer;

import io.flowfi.indexer.ChainSourceException.Kind;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainPosition;
import io.flowfi.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/**
 * The rules of the cursor: which node to ask for what, and what its answer means. Without threads,
 * sockets and stores: whoever drives it does what {@link #next} says and hands the answer in. For
 * one thread.
 *
 * <p>It stays with one node until that fails, lags or has lost what is needed, and then takes the
 * next one. What a node cannot do is a {@link Verdict}; only the verdicts of all nodes together
 * make a {@link Fault}. Progress clears them. {@link FollowedSources} knows the nodes, {@link
 * ChainReading} how far the chain is read, and {@link CurrentFault} what it stands at.
 *
 * <p>It waits by a clock that nobody sets: if the time of day was ahead and is put right, it would
 * ask nothing until that time comes again.
 */
final class Follower {
  /** A node that cannot be used, or has lost what is needed, is asked again after this. */
  static final Duration RETRY = Duration.ofMinutes(1);

  private final IndexerSettings settings;
  private final Clocks clock;
  private final FollowedSources sources;
  private final ChainReading reading;
  private final CurrentFault fault = new CurrentFault();
  private boolean caughtUp;
  private Instant pollDue = Instant.MIN; // for news, once it has caught up
  private Ask asked;
  private Instant askedAt = Instant.MIN;

  Follower(List<String> names, IndexerSettings settings, Clocks clock, RandomGenerator random) {
    this.settings = settings;
    this.clock = clock;
    this.sources = new FollowedSources(names, clock::steadyInstant, random);
    this.reading = new ChainReading(settings.startLedger());
  }

  /** Begins, or begins again, at what is stored. */
  void begin(Optional<ChainCursor> known) {
    reading.begin(known);
    askWhereToBegin();
    sources.uncheck();
    sources.forgive();
    fault.goesOn();
    caughtUp = false;
  }

  private void askWhereToBegin() {
    if (!reading.hasBegun()) {
      sources.forgetOldest();
    }
  }

  Optional<Fault> fault() {
    return fault.get();
  }

  /** Stands still for good because of what came out elsewhere. */
  void stop(Fault reason) {
    fault.is(reason);
  }

  /** Whatever it stood at counts no more. */
  void release() {
    fault.release();
  }

  Optional<ChainCursor> cursor() {
    return reading.cursor();
  }

  boolean isCaughtUp() {
    return caughtUp;
  }

  FollowedSource source() {
    return sources.inUse();
  }

  /** The node of the last question, which may be another one than that in use. */
  FollowedSource asked() {
    return asked instanceof Ask.Health health ? sources.get(health.source()) : source();
  }

  FollowedSources sources() {
    return sources;
  }

  /** The event is left out from now on; everything else of its transaction is not. */
  void putAside(String event) {
    reading.putAside(event);
  }

  // ---- questions

  Ask next() {
    asked = fault.isFinal() ? whileStopped() : choose();
    askedAt = clock.steadyInstant();
    return asked;
  }

  /** Nothing is read; but an administrator must see which ledgers the nodes have. */
  private Ask whileStopped() {
    OptionalInt due = sources.dueForHealth(clock.steadyInstant());
    return due.isPresent()
        ? new Ask.Health(due.getAsInt())
        : new Ask.Halt(fault.get().orElseThrow());
  }

  private Ask choose() {
    Instant now = clock.steadyInstant();
    List<FollowedSource> candidates = sources.candidates(this::isOfUse, now);
    for (FollowedSource candidate : candidates) {
      if (!candidate.due().isAfter(now)) {
        if (candidate != source()) {
          use(sources.all().indexOf(candidate));
        }
        return of(candidate, now);
      }
    }
    return new Ask.Pause(
        candidates.stream().map(FollowedSource::due).min(Instant::compareTo).orElseThrow());
  }

  /** There is nothing to ask a node that has said where it begins until the others have too. */
  private boolean isOfUse(FollowedSource source) {
    return reading.hasBegun() || source.oldest.isEmpty();
  }

  private void use(int source) {
    sources.use(source);
    reading.dropTail();
    caughtUp = false;
  }

  private Ask of(FollowedSource source, Instant now) {
    int index = sources.indexInUse();
    if (!reading.hasBegun() || !source.healthDue.isAfter(now)) {
      return new Ask.Health(index);
    }
    int limit = source.size.limit();
    Optional<PageStart> check = source.checked ? Optional.empty() : startOfCheck(source);
    if (check.isPresent()) {
      return new Ask.Check(index, check.get(), limit);
    }
    if (caughtUp && now.isBefore(pollDue)) {
      OptionalInt other = sources.dueForComparison(now);
      return other.isPresent() ? new Ask.Health(other.getAsInt()) : new Ask.Pause(pollDue);
    }
    return new Ask.Page(index, reading.start(), limit);
  }

  /** A node that has forgotten that ledger cannot show its event, and need not. */
  private Optional<PageStart> startOfCheck(FollowedSource source) {
    return reading
        .startOfCheck()
        .filter(start -> source.mayHave(reading.last().orElseThrow().ledger()));
  }

  // ---- answers

  void health(SourceHealth health) {
    Instant now = clock.steadyInstant();
    int index = ((Ask.Health) asked).source();
    FollowedSource told = sources.get(index);
    told.tells(health, now);
    if (fault.isFinal()) {
      told.failures = 0;
      told.backOff.succeeded();
    } else if (!reading.hasBegun()) {
      told.failures = 0;
      beginAtOldest();
    } else if (told == source()) {
      sources.compareOthers(told.isStale(clock.instant()) || !health.healthy(), now);
    } else if (sources.isBetter(index, reading.scanned() + 1)) {
      use(index);
    }
  }

  /** The URL that reaches furthest back decides, once each has told or has been tried in vain. */
  private void beginAtOldest() {
    OptionalInt first = sources.furthestBack(clock.steadyInstant());
    if (first.isPresent()) {
      use(first.getAsInt());
      reading.beginAt(source().oldest.orElseThrow(), source().latest.orElse(0));
    }
  }

  /**
   * The answer to a check.
   *
   * @return the event that the node tells of at the place of the last known one; empty if it could
   *     not be found out or the node cannot be used
   */
  Optional<ReadEvent> checked(DecodedPage answer) {
    ChainPosition last = reading.last().orElseThrow();
    FollowedSource source = source();
    source.tells(answer.page());
    Optional<ReadEvent> found = answer.at(last);
    if (found.isEmpty() && answer.covers(last) && source.mayHave(last.ledger())) {
      rejected(
          Verdict.of(Verdict.Kind.MISSES_KNOWN, "it does not have event " + EventId.of(last)),
          RETRY);
      return Optional.empty();
    }
    source.checked = true; // whether it brings the cursor on, its page must show
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
    long end;
    try {
      end = reading.checkedEnd(answer);
    } catch (IllegalArgumentException e) {
      failedWith("a wrong answer: " + e.getMessage());
      return List.of();
    }
    source.tells(page);
    long scanned = reading.scanned();
    if (source.oldest.orElse(0) > scanned + 1) {
      lost(source.oldest.getAsLong()); // some versions answer an empty page instead of an error
      return List.of();
    }
    if (page.latestLedger() < scanned || !page.isFull() && end < scanned) {
      lags(page.latestLedger());
      return List.of();
    }
    Optional<Fault> disagreement = reading.add(source.name, answer, end);
    if (disagreement.isPresent()) {
      fault.is(disagreement.get());
      return List.of();
    }
    if (reading.isTooLong()) {
      failedWith("a wrong answer: a transaction that never ends");
      return List.of();
    }
    ChainReading.Advance advance = reading.advance(answer, end);
    arrived(page, end, advance);
    return advance.slices();
  }

  private void arrived(EventPage page, long end, ChainReading.Advance advance) {
    FollowedSource source = source();
    if (advance.moved()) {
      sources.forgive();
      fault.goesOn();
    }
    if (advance.defect().isPresent()) {
      undecodable(advance.defect().get());
      return;
    }
    source.size.answered(page);
    caughtUp = !page.isFull() && end >= page.latestLedger();
    if (!page.isFull() && !caughtUp && !advance.moved()) {
      failedWith("it does not go on behind ledger " + end);
      return;
    }
    source.answered();
    source.checked = true; // the last event that is known is its own
    fault.release();
    if (caughtUp) {
      pollDue = clock.steadyInstant().plus(settings.pollInterval());
    }
  }

  private void undecodable(ReadEvent event) {
    UndecodableEventException defect = event.defect().orElseThrow();
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
    if (failure.kind() == Kind.TOO_MUCH) {
      source.size.tooMany();
    }
    if (fault.isFinal()) {
      blame(source, failure);
    } else if (source != source()) {
      source.compared = false;
      pause(source, failure);
    } else if (!reading.hasBegun()) {
      blame(source, failure);
      beginAtOldest();
      judge();
    } else if (failure.kind() == Kind.OUT_OF_RANGE) {
      outOfRange(failure);
    } else {
      blame(source, failure);
      leave();
    }
  }

  private void blame(FollowedSource source, ChainSourceException failure) {
    source.verdict = Optional.of(Verdict.of(failure));
    pause(source, failure);
  }

  private void pause(FollowedSource source, ChainSourceException failure) {
    Instant now = clock.steadyInstant();
    source.failed(failure.retryAfter(), Duration.between(askedAt, now), now);
  }

  /** By the numbers only: the same error is given for ledgers too old and too new. */
  private void outOfRange(ChainSourceException failure) {
    FollowedSource source = source();
    source.oldest = failure.oldest().isPresent() ? failure.oldest() : source.oldest;
    source.latest = failure.latest().isPresent() ? failure.latest() : source.latest;
    long oldest = source.oldest.orElse(0);
    long latest = source.latest.orElse(Long.MAX_VALUE);
    long scanned = reading.scanned();
    if (asked instanceof Ask.Check) {
      checkOutOfRange(oldest, latest);
    } else if (scanned + 1 < oldest) {
      lost(oldest);
    } else if (scanned >= latest) {
      lags(latest);
    } else if (scanned + 1 == oldest && !(reading.start() instanceof PageStart.AtLedger)) {
      reading.dropToken(); // the node has forgotten what is known already, and nothing else
    } else {
      failedWith(failure.getMessage());
    }
  }

  private void checkOutOfRange(long oldest, long latest) {
    long last = reading.last().orElseThrow().ledger();
    if (last > latest) {
      lags(latest);
    } else if (last <= oldest) {
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
    if (reading.mayBeginLater()) {
      reading.beginAnew();
      askWhereToBegin();
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

  /** It has answered, with what is of no use now: it is not silent. */
  private void rejected(Verdict verdict, Duration rest) {
    source().failures = 0;
    source().verdict = Optional.of(verdict);
    source().rest = clock.steadyInstant().plus(rest);
    leave();
  }

  private void leave() {
    source().checked = false;
    reading.dropTail();
    caughtUp = false;
    judge();
  }

  private void judge() {
    fault.judge(sources.verdicts(), sources.all().size(), reading.cursor(), clock.steadyInstant());
  }
}
