/**
 * Counts that a busy thread keeps for nearly nothing: no lock, no allocation, no memory barrier
 * that it would wait for. Any thread reads them. Uses nothing of ours.
 */
package io.flowfi.counts;
