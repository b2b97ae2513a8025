/**
 * The resources of events: the subscription and its parameters, saved filters, history, requests
 * that wait for events, and the connection limits of an address or account.
 */
package io.flowfi.web.events;
