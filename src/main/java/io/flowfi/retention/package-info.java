/**
 * Removes old events from the log, a few at a time, and writes them to an archive before that,
 * which an import reads again. It asks the ledger to remove them, so it never competes with the
 * writer. Uses {@code ledger}, {@code log}, {@code payment}, {@code health} and {@code time}.
 */
package io.flowfi.retention;
