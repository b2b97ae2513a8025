/**
 * The indexer: it follows one contract on Stellar through the RPC nodes of the network and hands
 * what the chain has decided to the ledger, each event exactly once. A {@link
 * io.flowfi.indexer.ChainSource} is one RPC node; {@link io.flowfi.indexer.ChainLog} is the log
 * that the facts go into. Our events, the rows and the cursor are one transaction. Uses {@code
 * ledger}, {@code payment}, {@code health}, {@code threads} and {@code time}.
 */
package io.flowfi.indexer;
