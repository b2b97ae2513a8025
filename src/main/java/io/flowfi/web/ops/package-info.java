/**
 * The resources for operators: health and statistics. Uses {@code web.access}, {@code web.wire},
 * {@code fanout}, {@code log}, {@code relay}, {@code cluster}, {@code limit}, {@code health} and
 * {@code metrics}.
 */
package io.flowfi.web.ops;
