/**
 * The store in a PostgreSQL database, for any number of nodes: its address, pools and time limits,
 * and what its errors mean. Only this package knows PostgreSQL. Also the tables of what nodes
 * share. Uses {@code store}, {@code ledger} and {@code log} (their errors), {@code cluster} and
 * {@code auth} (what is shared), {@code relay} (its channel) and {@code payment}.
 */
package io.flowfi.store.postgres;
