/**
 * Who may do what, and the record of it: the rules of who sees and changes which stream, the checks
 * that somebody has said who they are or is an administrator, the lines of the audit log for
 * commands and refusals.
 */
package io.flowfi.web.access;
