// @ts-check
// The addresses for new streams: test data, stored in this browser so that they stay the same.
import { randomAccount, randomContract } from '../shared/strkey.js';

const REMEMBERED = 'flowfi.test-addresses';

/** @typedef {{sender: string, recipient: string, tokenAddress: string}} Addresses */

/** @returns {Addresses} */
export function rememberedAddresses() {
  try {
    const kept = JSON.parse(localStorage.getItem(REMEMBERED) ?? 'null');
    if (kept?.sender && kept.recipient && kept.tokenAddress) {
      return kept;
    }
  } catch {
    // No storage allowed, or foreign content: use new ones.
  }
  return newAddresses();
}

/** @returns {Addresses} */
export function newAddresses() {
  const made = { sender: randomAccount(), recipient: randomAccount(), tokenAddress: randomContract() };
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(made));
  } catch {
    // Then they live as long as the page.
  }
  return made;
}
