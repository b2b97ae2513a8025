/**
 * Reads the environment once at start-up into each feature's own settings record; a bad value stops
 * the start.
 */
package io.flowfi.config;
