/**
 * The store in an SQLite database of a local folder: its pools and settings, its native library,
 * its write-ahead log, and the message for the operator if it cannot be opened. Only this package
 * knows SQLite. Uses {@code store}, {@code ledger} and {@code log} (their errors).
 */
package io.flowfi.store.sqlite;
