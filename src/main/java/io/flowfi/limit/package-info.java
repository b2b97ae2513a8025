/**
 * How much a client may ask for in a minute. Knows keys, neither HTTP nor who is behind a key; uses
 * nothing of ours.
 */
package io.flowfi.limit;
