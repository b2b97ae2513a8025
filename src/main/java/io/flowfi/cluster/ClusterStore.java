package io.flowfi.cluster;

/** What a database that several nodes use keeps for them, besides the log. */
public record ClusterStore(
    OneTimeStore oneTime, FilterStore filters, NodeStore nodes, LeaseStore leases) {}
