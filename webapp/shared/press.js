// @ts-check
// What is pressed, by a pointer or by the space bar. A button that moves or is drawn anew between press and release gets no
// click, and text runs away from who selects it.

/** A tap's click comes a little after the finger has left. */
const CLICK_MS = 50;

/** @type {Element|null} */
let pressed = null;

let byKey = false;

/** What waits, by the place that it draws. @type {Map<Element, () => void>} */
const waiting = new Map();

/** @type {ReturnType<typeof setTimeout>|undefined} */
let ending;

function drawAll() {
  pressed = null;
  const drawings = [...waiting.values()];
  waiting.clear();
  for (const draw of drawings) {
    draw();
  }
}

function released() {
  if (pressed !== null) {
    clearTimeout(ending);
    ending = setTimeout(drawAll, CLICK_MS);
  }
}

// modules are tested without a page
if (typeof addEventListener === 'function') {
  const down = (/** @type {Event} */ { type, target }) => {
    clearTimeout(ending);
    pressed = target instanceof Element ? target : null;
    byKey = type === 'keydown';
  };
  const ofButton = (/** @type {KeyboardEvent} */ { key, target }) => key === ' ' && target instanceof HTMLButtonElement;
  addEventListener('keydown', (event) => ofButton(event) && down(event), true);
  addEventListener('keyup', ({ key }) => key === ' ' && released(), true);
  addEventListener('pointerdown', down, true);
  addEventListener('pointerup', released, true);
  addEventListener('pointercancel', released, true);
  // of a release that nobody told, such as that of a scroll bar
  addEventListener('pointermove', ({ buttons }) => buttons === 0 && !byKey && released(), true);
  addEventListener('blur', released);
}

/**
 * Draws at once, or, while something is pressed in the place, when it was released. Of several drawings of a place only
 * the last is done then: it must draw all that there is.
 *
 * @param {Element} place
 * @param {() => void} draw
 */
export function whenReleased(place, draw) {
  if (pressed !== null && place.contains(pressed)) {
    waiting.set(place, draw);
  } else {
    waiting.delete(place);
    draw();
  }
}
