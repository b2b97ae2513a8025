// @ts-check
// The little Markdown of the descriptions: paragraphs, lists, code, bold. Everything else stays text.
import { el } from '../shared/dom.js';

/**
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function inline(text) {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith('`')) {
        return el('code', { text: part.slice(1, -1) });
      }
      if (part.startsWith('**')) {
        return el('strong', {}, ...inline(part.slice(2, -2)));
      }
      return /^\*[^*]+\*$/.test(part) ? el('em', { text: part.slice(1, -1) }) : part;
    });
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
export function prose(text) {
  const blocks = text
    .trim()
    .split(/\n{2,}/)
    .filter((block) => block !== '')
    .map((block) => {
      if (!block.startsWith('* ')) {
        return el('p', {}, ...inline(block.replaceAll('\n', ' ')));
      }
      const items = block.slice(2).split(/\n\* /);
      return el('ul', {}, ...items.map((item) => el('li', {}, ...inline(item.replace(/\s+/g, ' ')))));
    });
  return el('div', { class: 'prose' }, ...blocks);
}
