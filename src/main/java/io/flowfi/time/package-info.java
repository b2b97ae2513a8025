/**
 * The clocks, and when the one that can be set is believed. Uses nothing else of the application.
 */
package io.flowfi.time;
