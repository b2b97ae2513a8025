package io.flowfi.indexer;

import io.flowfi.ledger.AppliedFacts;
import io.flowfi.ledger.ChainCursor;
import io.flowfi.ledger.ChainFacts;
import io.flowfi.ledger.ChainFault;
import io.flowfi.ledger.ChainRepair;
import io.flowfi.ledger.ChainStop;
import io.flowfi.ledger.PutAside;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A log without streams, whose answers a test decides. */
final class LogInMemory implements ChainLog {
  Optional<ChainCursor> cursor = Optional.empty();

  Optional<ChainFault> fault = Optional.empty();

  Optional<ContractUpgrade> upgrade = Optional.empty();

  /** Events that were put aside. */
  List<PutAside> aside = List.of();

  /** What administrators have wanted. */
  final List<ChainRepair> repairs = new ArrayList<>();

  /** Whether another node has moved the cursor, when a repair arrives. */
  boolean isElsewhere;

  /** Thrown by whoever reads the cursor; null for none. */
  RuntimeException unreadable;

  /** What becomes of facts. */
  Function<ChainFacts, CompletionStage<AppliedFacts>> writing;

  @Override
  public Optional<ChainCursor> cursor() {
    if (unreadable != null) {
      throw unreadable;
    }
    return cursor;
  }

  @Override
  public CompletionStage<AppliedFacts> apply(ChainFacts facts) {
    return writing.apply(facts);
  }

  @Override
  public Optional<ChainFault> fault() {
    return fault;
  }

  @Override
  public CompletionStage<AppliedFacts> stop(ChainStop stop) {
    if (unreadable != null) {
      return CompletableFuture.failedFuture(unreadable);
    }
    boolean taken = stop.expected().equals(cursor) && fault.isEmpty();
    if (taken) {
      fault = Optional.of(stop.fault());
    }
    return done(taken);
  }

  /** Those that move the cursor only. */
  @Override
  public CompletionStage<AppliedFacts> repair(ChainRepair repair) {
    repairs.add(repair);
    if (isElsewhere) {
      return done(false);
    }
    if (repair instanceof ChainRepair.Quarantine aside) {
      cursor = Optional.of(aside.next());
    } else {
      cursor =
          Optional.of(
              repair instanceof ChainRepair.Gap gap
                  ? gap.next()
                  : ((ChainRepair.Reset) repair).next());
      fault = Optional.empty();
    }
    return done(true);
  }

  private CompletionStage<AppliedFacts> done(boolean moved) {
    return CompletableFuture.completedFuture(new AppliedFacts(cursor, moved, 0, 0, Map.of()));
  }

  @Override
  public Optional<ContractUpgrade> latestUpgrade() {
    return upgrade;
  }

  @Override
  public List<PutAside> quarantined(int limit) {
    return aside;
  }

  @Override
  public Map<StreamId, PaymentStream> streams(Collection<StreamId> ids) {
    return Map.of();
  }

  @Override
  public List<PaymentStream> openStreams(Optional<StreamId> after, int limit) {
    return List.of();
  }
}
