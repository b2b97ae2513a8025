/**
 * The resources of events: the subscription and its parameters, kept filters, history, and how many
 * connections one address or account may have.
 */
package io.flowfi.web.events;
