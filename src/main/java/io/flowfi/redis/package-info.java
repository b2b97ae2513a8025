/**
 * The Redis, Valkey or compatible server that an operator has named, and connections to it. Nothing
 * that must not be lost goes there. Uses nothing of ours.
 */
package io.flowfi.redis;
