/**
 * The HTTP edge: resources, their JSON, validation, problems, filters. Translates between HTTP and
 * the ledger; decides nothing about streams itself, only who may see and do what.
 */
package io.flowfi.http;
