/** The resources for operators: health and statistics. */
package io.flowfi.web.ops;
