// @ts-check
import { empty } from './states.js';

/** @import { Context } from './views.js' */

/**
 * @param {HTMLElement} root
 * @param {Context} context
 */
export async function open(root, context) {
  root.replaceChildren(empty('In work', context.rest.join('/')));
  return () => {};
}
