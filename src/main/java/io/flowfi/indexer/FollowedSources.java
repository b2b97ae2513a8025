package io.flowfi.indexer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The RPC nodes that the follower may ask, and the one in use. It says which of them may be asked
 * now, and what they have told together; what an answer means is the {@link Follower}'s to say. For
 * one thread.
 */
final class FollowedSources {
  /** A node that has so many ledgers more than the one in use takes its place. */
  private static final long FURTHER = 10;

  /** How often each node is asked where its history begins before the others decide alone. */
  private static final int FIRST_TRIES = 3;

  /** How long it waits for a node that failed at once before it asks one that may hang. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<FollowedSource> sources = new ArrayList<>();
  private int current;

  /**
   * @param clock that nobody sets
   * @param random for jitter
   */
  FollowedSources(List<String> names, InstantSource clock, RandomGenerator random) {
    names.forEach(name -> sources.add(new FollowedSource(name, clock, random)));
  }

  List<FollowedSource> all() {
    return sources;
  }

  FollowedSource get(int index) {
    return sources.get(index);
  }

  FollowedSource inUse() {
    return sources.get(current);
  }

  int indexInUse() {
    return current;
  }

  /** It must show again that it has what is known. */
  void use(int index) {
    current = index;
    sources.get(index).checked = false;
  }

  // ---- which may be asked

  /** Whether none may be asked now. */
  boolean areWaiting(Instant now) {
    return sources.stream().allMatch(source -> source.due().isAfter(now));
  }

  /**
   * Those to choose from for the next question, the one in use first. A node that has cost much
   * time of late is among them only if no other one may be asked soon.
   *
   * @param wanted whether there is anything to ask a node
   */
  List<FollowedSource> candidates(Predicate<FollowedSource> wanted, Instant now) {
    List<FollowedSource> inTurn = inTurn().stream().filter(wanted).toList();
    List<FollowedSource> quick = inTurn.stream().filter(source -> !source.isSpared(now)).toList();
    boolean worthWaiting =
        quick.stream().anyMatch(source -> !source.due().isAfter(now.plus(PATIENCE)));
    return worthWaiting ? quick : inTurn;
  }

  /**
   * The node for a second reading that goes on at a ledger: the one in use, else one with which
   * nothing is wrong. Empty if none may be asked now.
   */
  Optional<FollowedSource> forReread(long ledger, Instant now) {
    return inTurn().stream()
        .filter(source -> source == inUse() || source.verdict.isEmpty() && !source.isSpared(now))
        .filter(source -> source.mayHave(ledger) && !source.due().isAfter(now))
        .findFirst();
  }

  private List<FollowedSource> inTurn() {
    List<FollowedSource> inTurn = new ArrayList<>(sources.subList(current, sources.size()));
    inTurn.addAll(sources.subList(0, current));
    return inTurn;
  }

  /** One that was not asked for some time how it is. */
  OptionalInt dueForHealth(Instant now) {
    return first(source -> !source.healthDue.isAfter(now) && !source.due().isAfter(now));
  }

  /** One that is to be compared with the node in use, and was not asked for that yet. */
  OptionalInt dueForComparison(Instant now) {
    return first(source -> source.compared && !source.due().isAfter(now));
  }

  private OptionalInt first(Predicate<FollowedSource> wanted) {
    for (int index = 0; index < sources.size(); index++) {
      if (wanted.test(sources.get(index))) {
        return OptionalInt.of(index);
      }
    }
    return OptionalInt.empty();
  }

  /** An administrator has changed what stood in the way: every node may be asked at once. */
  void tryAtOnce() {
    sources.forEach(FollowedSource::answered);
  }

  // ---- what they have told

  /** The newest ledger of any node, as far as known. */
  Optional<Long> newest() {
    return sources.stream()
        .flatMapToLong(source -> source.latest.stream())
        .boxed()
        .max(Long::compare);
  }

  /** The oldest ledger of any node; empty if one has not told and may reach further back. */
  Optional<Long> oldest() {
    return sources.stream().allMatch(source -> source.oldest.isPresent())
        ? sources.stream().map(source -> source.oldest.getAsLong()).min(Long::compare)
        : Optional.empty();
  }

  /** Whether to ask the others how they are, because the one in use may be behind them. */
  void compareOthers(boolean compare, Instant now) {
    for (FollowedSource source : sources) {
      source.compared = source != inUse() && compare && !source.isSpared(now);
    }
  }

  /**
   * Whether a node has much more than the one in use, and what is asked for next.
   *
   * @param next the ledger
   */
  boolean isBetter(int index, long next) {
    FollowedSource source = sources.get(index);
    return source.oldest.orElse(0) <= next
        && source.latest.orElse(0) > inUse().latest.orElse(0) + FURTHER;
  }

  /** Each is asked again where its history begins; it may have forgotten more by now. */
  void forgetOldest() {
    sources.forEach(source -> source.oldest = OptionalLong.empty());
  }

  /** The one that reaches furthest back, once each has told or was tried in vain. */
  OptionalInt furthestBack(Instant now) {
    boolean all =
        sources.stream()
            .allMatch(
                source ->
                    source.oldest.isPresent()
                        || source.failures >= FIRST_TRIES
                        || source.isSpared(now));
    OptionalLong oldest = sources.stream().flatMapToLong(source -> source.oldest.stream()).min();
    return all && oldest.isPresent()
        ? first(source -> source.oldest.equals(oldest))
        : OptionalInt.empty();
  }

  // ---- verdicts

  /** By the name of the node, in their order. */
  Map<String, Verdict> verdicts() {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    for (FollowedSource source : sources) {
      source.verdict.ifPresent(
          verdict -> verdicts.put(source.name, verdict.after(source.failures)));
    }
    return verdicts;
  }

  /** The event that cannot be decoded, by any node, in the way of the cursor. */
  Optional<Fault.Undecodable> defect() {
    return sources.stream()
        .flatMap(source -> source.verdict.stream())
        .flatMap(verdict -> verdict.defect().stream())
        .findFirst();
  }

  void forgive() {
    sources.forEach(source -> source.verdict = Optional.empty());
  }

  /** Nothing is known any more of what they have shown. */
  void uncheck() {
    sources.forEach(source -> source.checked = false);
  }
}
