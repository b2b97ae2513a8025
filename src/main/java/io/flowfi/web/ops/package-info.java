/**
 * The resources for operators: health and statistics, and the filter that answers scrapers. Uses
 * {@code web.access}, {@code web.edge}, {@code web.wire}, {@code auth}, {@code fanout}, {@code
 * log}, {@code relay}, {@code cluster}, {@code limit}, {@code health}, {@code metrics} and {@code
 * output}.
 */
package io.flowfi.web.ops;
