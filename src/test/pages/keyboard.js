// Run in the console by ConsoleKeyboardIT: where the focus is, whether it can be seen, and what it has not come to.
const visited = new Set();

/** The name of an element: its test id, label or words, and the row that it is in. */
const named = (element) => {
  if (element === null || element === document.body || element === document.documentElement) {
    return '';
  }
  const row = element.closest('[data-key]');
  const own =
    row === element
      ? `row ${row.dataset.key}`
      : element.dataset.testid ?? element.getAttribute('aria-label') ?? element.textContent.trim();
  const place = element.closest('section, nav, dialog, .stop')?.getAttribute('aria-label') ?? '';
  return `${own} <${element.tagName.toLowerCase()}${element.id && `#${element.id}`}> ${place}`.trim();
};

const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

/** What has an outline of its own, or a ring around it. */
const ringed = (element) => {
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
};

globalThis.keyboard = {
  /** The link that comes first has the focus. */
  begin() {
    visited.clear();
    scrollTo(0, 0);
    document.getElementById('skip').focus();
    return this.at();
  },

  at() {
    visited.add(document.activeElement);
    return named(document.activeElement);
  },

  /** Whether the focus has left an open dialog: it may only go to the browser's own buttons. */
  place() {
    const element = document.activeElement;
    const nowhere = element === null || element === document.body || element === document.documentElement;
    return nowhere ? 'of the browser' : element.closest('dialog[open]') ? 'in the dialog' : 'behind it';
  },

  /** By what the table is sorted, and which way. */
  sorted() {
    const header = document.querySelector('[aria-sort]:not([aria-sort=none])');
    return `${header?.textContent} ${header?.getAttribute('aria-sort')}`;
  },

  /** Why one cannot see where the focus is; empty if one can. */
  unseen() {
    const element = document.activeElement;
    if (element.id === 'title') {
      return '';
    }
    if (!ringed(element)) {
      return 'no outline';
    }
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const [from, to] = [Math.max(left, 0), Math.min(right, clientWidth)];
    const [x, y] = [(from + to) / 2, (Math.max(top, 0) + Math.min(bottom, clientHeight)) / 2];
    if (bottom <= 0 || top >= clientHeight || to - from < Math.min(right - left, clientWidth) / 2) {
      return `mostly beside the screen: ${left} ${top} ${right} ${bottom}`;
    }
    const above = document.elementFromPoint(x, y);
    return element === above || element.contains(above) ? '' : `at ${x} ${y} behind ${above?.outerHTML.slice(0, 99)}`;
  },

  /** What can be used and was not come to. Rows are gone through with the arrow keys, so one of them is enough. */
  missing() {
    const open = document.querySelector('dialog[open]') ?? document;
    return [...open.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
      .filter((element) => shown(element) && !element.disabled && !element.closest('[data-key][tabindex="-1"]'))
      .filter((element) => ![...visited].some((other) => other === element || named(other) === named(element)))
      .map(named)
      .join('; ');
  },
};
