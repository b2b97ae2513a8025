/**
 * What a node has done and holds, in numbers. Each part counts for itself and says so in a record
 * of its own; here they are put together. Counts nothing itself.
 */
package io.flowfi.metrics;
