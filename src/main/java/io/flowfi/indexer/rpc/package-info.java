/**
 * Stellar RPC over HTTP: a JSON-RPC client that checks and bounds everything it is told. Uses
 * {@code indexer}, {@code ledger}, {@code payment}, {@code http} and {@code threads}.
 */
package io.flowfi.indexer.rpc;
