/**
 * The payment stream itself: its values (ids, amounts, addresses), its state, the commands that
 * change it and the rules by which they do. Pure Java without I/O: everything else may use this
 * package, it uses nothing of ours.
 */
package io.flowfi.payment;
