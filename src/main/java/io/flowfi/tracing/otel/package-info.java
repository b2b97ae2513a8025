/**
 * Traces by OpenTelemetry, sent with OTLP over HTTP. Nothing refers to these classes before traces
 * are wanted, so that without them no class of OpenTelemetry is loaded.
 */
package io.flowfi.tracing.otel;
