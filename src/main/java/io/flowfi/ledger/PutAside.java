package io.flowfi.ledger;

import io.flowfi.log.LogPosition;
import io.flowfi.payment.StreamId;
import java.util.Optional;

/**
 * An event of the chain that could not be read and was put aside.
 *
 * @param id the RPC's id of it
 * @param stream whose it is, if its topics tell
 * @param logged where the log says so
 */
public record PutAside(
    ChainPosition position,
    String id,
    String reason,
    Optional<StreamId> stream,
    LogPosition logged) {}
