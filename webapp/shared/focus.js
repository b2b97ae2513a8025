// @ts-check
// Where the keyboard is. A browser takes the focus from what is disabled, hidden or taken away, and gives it to nobody.

/** @typedef {Element|null|undefined} Place */

/**
 * Whether the keyboard can do something there.
 *
 * @param {Place} element
 * @returns {element is HTMLElement}
 */
const takesFocus = (element) =>
  element instanceof HTMLElement && element !== document.body && !element.matches(':disabled') && element.getClientRects().length > 0;

/**
 * Gives the focus to the first of these that can take it, if it was lost: who has gone elsewhere meanwhile stays there.
 *
 * @param {...Place} places
 */
export function refocus(...places) {
  if (!takesFocus(document.activeElement)) {
    places.find(takesFocus)?.focus();
  }
}

/**
 * Changes what is shown in a place: what has the focus there may be drawn anew, hidden or taken away.
 *
 * @param {Place} place
 * @param {() => void} change
 * @param {(focused: Element) => Place[]} instead where the focus goes if it was lost by that
 */
export function keepingFocus(place, change, instead) {
  const focused = place?.contains(document.activeElement) ? document.activeElement : null;
  change();
  if (focused !== null) {
    refocus(...instead(focused));
  }
}

/**
 * Does what takes a while, with buttons disabled so that it is not done twice.
 *
 * @template T
 * @param {Iterable<HTMLButtonElement>} buttons
 * @param {() => Promise<T>} work
 * @param {() => Place[]} [instead] where the focus goes if what had it before can no longer take it
 * @returns {Promise<T>}
 */
export async function whileDisabled(buttons, work, instead = () => []) {
  const before = takesFocus(document.activeElement) ? document.activeElement : null;
  const disable = (/** @type {boolean} */ disabled) => {
    for (const button of buttons) {
      button.disabled = disabled;
    }
  };
  disable(true);
  try {
    return await work();
  } finally {
    disable(false);
    if (before !== null) {
      refocus(before, ...instead());
    }
  }
}
