package io.flowfi.limit;

/**
 * Event streams of a node.
 *
 * @param open now
 * @param addresses with at least one
 * @param users users with at least one
 * @param peakPerAddress the most that one address has ever had at once
 */
public record SlotCounts(int open, int addresses, int users, int peakPerAddress) {}
