/**
 * The resources for administrators: who is connected, what the node and its indexer do, and what
 * its users are told.
 */
package io.flowfi.web.admin;
