// Building and finding elements. Data only ever becomes text nodes or attributes, never markup.

export const byId = (id) => document.getElementById(id);

/** Creates an element; `props.text` becomes its text, every other property an attribute. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === 'text') {
      node.textContent = value;
    } else if (value === true) {
      node.setAttribute(name, '');
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children);
  return node;
}

/** Changes text only if it differs: selections and screen readers are left in peace. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/** Copies text; resolves to whether it worked (the clipboard needs https or localhost). */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs `render` once for any number of requests, before the next paint. A hidden page paints never,
 * so there it runs from a timer.
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
