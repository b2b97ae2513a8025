/**
 * The ledger: takes commands, decides them by the rules of {@code io.flowfi.stream}, and writes
 * streams and events in one transaction by one writer with group commit. Also every read of what it
 * wrote. Uses {@code stream}, {@code log} and {@code threads}; SQL stays in this package.
 */
package io.flowfi.ledger;
