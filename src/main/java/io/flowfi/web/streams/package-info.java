/**
 * The resources of streams and users: commands, lists, summaries, and their JSON, also in the form
 * of the replaced service. Decides nothing about streams itself.
 */
package io.flowfi.web.streams;
