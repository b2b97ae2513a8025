/**
 * The feed: the only way events enter the fan-out of this node, always in log order, every gap
 * filled from the log. Uses {@code log} and {@code health}.
 */
package io.flowfi.feed;
