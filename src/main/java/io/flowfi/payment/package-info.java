/**
 * The payment stream itself: its values (ids, amounts, addresses), its state, the commands that
 * change it, and the rules for them. Pure Java without I/O. Every other package may use this one;
 * it knows none of them. Uses nothing of ours.
 */
package io.flowfi.payment;
