/**
 * The log for operators: what each line says beside its message, its form, its last lines in
 * memory, and the levels of our loggers. It touches only loggers below {@code io.flowfi}; all
 * others are the container's. Uses {@code threads}.
 */
package io.flowfi.logs;
