// @ts-check
// Building and finding elements. Data only ever becomes text nodes or attributes, never markup.

/**
 * The element with this id and of this type, which the page must have.
 *
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [kind]
 * @returns {T}
 */
export function byId(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof (kind ?? HTMLElement))) {
    throw new Error(`this page has no ${kind?.name ?? 'element'} #${id}`);
  }
  return /** @type {T} */ (/** @type {Element} */ (node));
}

/**
 * Creates an element; `props.text` becomes its text, every other property an attribute.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string|number|boolean|null|undefined>} [props]
 * @param {...(Node|string)} children
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'text') {
      node.textContent = String(value ?? '');
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, String(value));
    }
  }
  node.append(...children);
  return node;
}

/**
 * Changes text only if it differs, so that selections and screen readers are not disturbed.
 *
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/**
 * Copies text; resolves to whether it worked (the clipboard needs https or localhost).
 *
 * @param {string|null} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text ?? '');
    return true;
  } catch {
    return false;
  }
}

/**
 * Gives the user a file to keep.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * Runs `render` once for any number of requests, before the next paint. A hidden page never paints, so there it runs
 * from a timer.
 *
 * @param {() => void} render
 */
export function onceAFrame(render) {
  let asked = false;
  const run = () => {
    asked = false;
    render();
  };
  return () => {
    if (asked) {
      return;
    }
    asked = true;
    if (document.hidden) {
      setTimeout(run, 200);
    } else {
      requestAnimationFrame(run);
    }
  };
}
