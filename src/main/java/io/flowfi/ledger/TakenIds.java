package io.flowfi.ledger;

import io.flowfi.payment.StreamId;
import java.util.Set;

/**
 * Ids of streams that exist, as far as one bounded read reached.
 *
 * @param through every id up to here that is not among {@code ids} is free
 */
public record TakenIds(Set<StreamId> ids, long through) {}
