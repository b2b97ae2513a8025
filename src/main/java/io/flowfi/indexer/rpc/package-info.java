/** Stellar RPC over HTTP: a JSON-RPC client that checks and bounds everything it is told. */
package io.flowfi.indexer.rpc;
