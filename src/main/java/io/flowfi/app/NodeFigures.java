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
import io.flowfi.metrics.SocketFigures;
import io.flowfi.metrics.StoreFigures;
import java.util.List;

/** The figures of every part of a node; those of a new part are added here. */
final class NodeFigures {
  private NodeFigures() {}

  static List<Figures> of(EventServer node, Exposition.Readings readings) {
    return List.of(
        new HealthFigures(node, node.checks(), readings),
        new DeliveryFigures(
            node.fanOut(),
            node.shared().slots()::counts,
            node.maxConnections(),
            node.longPolls()::count,
            readings),
        new LogFigures(node.store().log(), node.feed(), node.ledger()::statistics, readings),
        new NodesFigures(node::nodes, node::relayStatistics),
        new AccessFigures(node.authentication(), node.shared().rejections()),
        new AuditFigures(node.audit()),
        new StoreFigures(node.store()::pools, node.dataDirectory(), readings),
        new SocketFigures(readings),
        new IndexerFigures(
            () -> node.indexer().map(IndexerControl::status),
            () -> node.reconciliation().map(Reconciliation::status)));
  }
}
