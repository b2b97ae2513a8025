/**
 * The bytes of the chain. Our own bounded walk reads them first ({@code XdrReader}), then the SDK
 * reads and writes them again ({@code SecondReading}). Values become facts by name ({@code
 * ContractEvents}). What is not exactly one well-formed value is a decode fault. Uses {@code
 * indexer}, {@code ledger} and {@code payment}.
 */
package io.flowfi.indexer.xdr;
