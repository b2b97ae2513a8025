/**
 * How much a client may ask for in a minute, and have open at once. Ports, for nodes that would
 * count together, and the form that each has in the memory of one node; what holds while the others
 * are away stands with each port. Knows keys, neither HTTP nor who is behind a key; uses nothing of
 * ours.
 */
package io.flowfi.limit;
