/**
 * The ledger. It decides commands by the rules of {@code io.flowfi.payment}, takes facts of the
 * chain as they are, and writes streams and events in one transaction. One writer does that for
 * many commands at once (group commit). The ports {@link io.flowfi.ledger.LedgerStore} and {@link
 * io.flowfi.ledger.LedgerSession} say what it needs of a store; it knows no SQL. Uses {@code
 * payment}, {@code log}, {@code time}, {@code counts}, {@code health} and {@code threads}.
 *
 * <p>Idempotency keys are kept in the store and written in the transaction of their command. So all
 * nodes that share the store know the same keys, and a node without it takes no command.
 */
package io.flowfi.ledger;
