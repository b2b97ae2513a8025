/**
 * The ledger: takes commands and decides them by the rules of {@code io.flowfi.payment}, takes
 * facts of the chain as they are, and has streams and events written in one transaction, by one
 * writer with group commit. What it needs of a store are the ports {@link
 * io.flowfi.ledger.LedgerStore} and {@link io.flowfi.ledger.LedgerSession}; it knows no SQL. Uses
 * {@code payment}, {@code log}, {@code health} and {@code threads}.
 *
 * <p>Idempotency keys are part of the store, and written in the transaction of their command: every
 * node that shares the store knows the same ones, and none without it can take a command.
 */
package io.flowfi.ledger;
