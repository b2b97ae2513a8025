/**
 * Limits on requests a minute, and on open event streams. There are ports, so that several nodes
 * can count together, and their implementations in the memory of one node. Each port says what
 * happens during an outage of shared counters. Knows keys, but neither HTTP nor who is behind a
 * key. Uses nothing of ours.
 */
package io.flowfi.limit;
