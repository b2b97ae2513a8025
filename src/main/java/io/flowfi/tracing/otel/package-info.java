/**
 * Traces by OpenTelemetry, sent with OTLP over HTTP. Nothing refers to these classes before traces
 * are wanted, so that without them no class of OpenTelemetry is loaded. Uses {@code tracing},
 * {@code ledger}, {@code log}, {@code payment} and {@code threads}.
 */
package io.flowfi.tracing.otel;
