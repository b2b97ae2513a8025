/**
 * The resources of events: the subscription and its parameters, saved filters, history with its
 * tags and exports, requests that wait for events, and the limits of an address or account.
 */
package io.flowfi.web.events;
