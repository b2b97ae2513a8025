/**
 * All SQL: the tables and their migrations, the writer's statements, the log, and every query over
 * them, behind the ports of {@code ledger}, {@code query} and {@code log}. What databases do not
 * have in common is behind {@link io.flowfi.store.Database} and {@link io.flowfi.store.Dialect};
 * each kind of database is a package of its own below this one. Uses {@code threads} as well.
 */
package io.flowfi.store;
