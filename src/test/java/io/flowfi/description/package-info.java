/**
 * Makes the documents that describe the API ({@code webapp/openapi.json}, {@code openapi.yaml},
 * {@code openapi-3.2.json} and {@code asyncapi.json}) from the resources and records, and from
 * {@code src/main/api} for what these do not say. Real answers are compared with them.
 */
package io.flowfi.description;
