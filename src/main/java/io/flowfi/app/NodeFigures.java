package io.flowfi.app;

import io.flowfi.indexer.IndexerControl;
import io.flowfi.indexer.Reconciliation;
import io.flowfi.metrics.AccessFigures;
import io.flowfi.metrics.AuditFigures;
import io.flowfi.metrics.DeliveryFigures;
import io.flowfi.metrics.Exposition;
import io.flowfi.metrics.Figures;
import io.flowfi.metrics.HealthFigures;
import io.flowfi.metrics.IndexerFigures;
import io.flowfi.metrics.LogFigures;
import io.flowfi.metrics.NodesFigures;
import io.flowfi.metrics.SandboxFigures;
import io.flowfi.metrics.SocketFigures;
import io.flowfi.metrics.StoreFigures;
import java.util.ArrayList;
import java.util.List;

/** The figures of every part of a node; those of a new part are added here. */
final class NodeFigures {
  private NodeFigures() {}

  static List<Figures> of(EventServer node, Exposition.Readings readings) {
    List<Figures> all = new ArrayList<>(ofReal(node, readings));
    node.sandbox().map(sandbox -> ofSandbox(node, sandbox)).ifPresent(all::add);
    return all;
  }

  private static Figures ofSandbox(EventServer node, ServedLedger sandbox) {
    return new SandboxFigures(
        sandbox.fanOut()::statistics,
        sandbox.shared().slots()::counts,
        sandbox.ledger()::statistics,
        node.authentication(),
        sandbox.shared().rejections());
  }

  private static List<Figures> ofReal(EventServer node, Exposition.Readings readings) {
    ServedLedger ledger = node.real();
    return List.of(
        new HealthFigures(node, node.checks(), readings),
        new DeliveryFigures(
            ledger.fanOut(),
            ledger.shared().slots()::counts,
            ledger.settings().limits().total(),
            ledger.longPolls()::count,
            readings),
        new LogFigures(ledger.store().log(), ledger.feed(), ledger.ledger()::statistics, readings),
        new NodesFigures(ledger::nodes, ledger::relayStatistics),
        new AccessFigures(node.authentication(), ledger.shared().rejections()),
        new AuditFigures(node.audit()),
        new StoreFigures(ledger.store()::pools, ledger.settings().dataDirectory(), readings),
        new SocketFigures(readings),
        new IndexerFigures(
            () -> ledger.indexer().map(IndexerControl::status),
            () -> ledger.reconciliation().map(Reconciliation::status),
            () -> ledger.indexer().map(with -> ledger.store().chain().counts()),
            readings));
  }
}
