/**
 * The ledger: takes commands, decides them by the rules of {@code io.flowfi.payment}, and writes
 * streams and events in one transaction by one writer with group commit. Also every read of what it
 * wrote. Uses {@code payment}, {@code log}, {@code health} and {@code threads}; SQL stays in this
 * package.
 *
 * <p>Idempotency keys are part of the store, and written in the transaction of their command: every
 * node that shares the store knows the same ones, and none without it can take a command.
 */
package io.flowfi.ledger;
