/**
 * The statistics of a node. Each part counts for itself and gives a record of its own; this package
 * puts them together and counts nothing itself.
 */
package io.flowfi.metrics;
