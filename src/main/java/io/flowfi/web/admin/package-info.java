/** The resources for administrators: who is connected, what the node and its indexer do. */
package io.flowfi.web.admin;
