/**
 * A Stellar RPC server with a chain and a contract behind it, all of them simulated, for tests and
 * for trying out the indexer. {@link io.flowfi.simulator.SimulatedRpc} answers JSON-RPC over HTTP
 * as {@code stellar-rpc} does, with its messages, codes, windows and cursors; {@link
 * io.flowfi.simulator.SimulatedChain} is what it tells of. Nothing here uses the decoder of the
 * product, so that it can judge it.
 */
package io.flowfi.simulator;
