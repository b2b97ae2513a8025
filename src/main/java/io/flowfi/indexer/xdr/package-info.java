/**
 * The bytes of the chain. They are walked through by our own bounded reader before the SDK sees
 * them, and turned into facts; what is not exactly one well-formed value is a decode fault.
 */
package io.flowfi.indexer.xdr;
