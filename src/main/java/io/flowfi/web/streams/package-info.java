/**
 * The resources of streams and users: commands, lists, summaries, and their JSON. Decides nothing
 * about streams itself.
 */
package io.flowfi.web.streams;
