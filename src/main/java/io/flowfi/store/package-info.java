/**
 * All SQL: the tables and their migrations, the writer's statements, the log, and every query over
 * them, behind the ports of {@code ledger}, {@code query}, {@code log} and {@code cluster}. The
 * differences between databases are behind {@link io.flowfi.store.Database} and {@link
 * io.flowfi.store.Dialect}; each kind of database has its own package below this one. Uses {@code
 * ledger}, {@code query}, {@code log} and {@code cluster} (their ports), {@code payment}, {@code
 * health}, {@code threads} and {@code time}.
 */
package io.flowfi.store;
