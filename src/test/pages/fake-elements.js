// As much of a page's elements as a view of the console needs, without a browser: a tree, attributes, the focus, a dialog.

const REFLECTED = ['hidden', 'disabled', 'checked'];

export class FakeElement extends EventTarget {
  /** @type {(FakeElement|string)[]} */
  childNodes = [];
  parentElement = null;
  dataset = {};
  value = '';
  validity = '';
  reported = '';
  #attributes = new Map();

  constructor(tag) {
    super();
    this.tagName = tag.toUpperCase();
    for (const name of REFLECTED) {
      Object.defineProperty(this, name, {
        get: () => this.#attributes.has(name),
        set: (on) => this.toggleAttribute(name, on),
      });
    }
  }

  setAttribute(name, value) {
    this.#attributes.set(name, value);
  }

  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  toggleAttribute(name, on) {
    if (on) {
      this.#attributes.set(name, '');
    } else {
      this.#attributes.delete(name);
    }
  }

  get parentNode() {
    return this.parentElement;
  }

  get children() {
    return this.childNodes.filter((child) => child instanceof FakeElement);
  }

  append(...more) {
    for (const child of more) {
      child.remove?.();
      if (child instanceof FakeElement) {
        child.parentElement = this;
      }
      this.childNodes.push(child);
    }
  }

  replaceChildren(...others) {
    for (const child of this.children) {
      child.remove();
    }
    this.childNodes = [];
    this.append(...others);
  }

  insertBefore(child, other) {
    this.append(child);
    if (other !== null) {
      this.childNodes.pop();
      this.childNodes.splice(this.childNodes.indexOf(other), 0, child);
    }
  }

  remove() {
    if (this.parentElement !== null) {
      this.parentElement.childNodes = this.parentElement.childNodes.filter((child) => child !== this);
      this.parentElement = null;
    }
  }

  get textContent() {
    return this.childNodes.map((child) => child.textContent ?? child).join('');
  }

  set textContent(text) {
    this.replaceChildren(text);
  }

  /** What it is, down to its last child. */
  get markup() {
    const attributes = [...this.#attributes].map(([name, value]) => ` ${name}="${value}"`).join('');
    return `<${this.tagName}${attributes}>${this.childNodes.map((child) => child.markup ?? child).join('')}</>`;
  }

  isEqualNode(other) {
    return this.markup === other.markup;
  }

  get isConnected() {
    return document.body.contains(this);
  }

  contains(other) {
    return other === this || this.children.some((child) => child.contains(other));
  }

  /** @param {string} selector tags, `.class`, `[name]`, `[name="value"]`, or several of them with commas */
  matches(selector) {
    return selector.split(', ').some((one) => {
      const [, name, value] = /^\[([\w-]+)(?:="(.*)")?\]$/.exec(one) ?? [];
      if (name !== undefined) {
        return this.#attributes.has(name) && (value === undefined || this.getAttribute(name) === value);
      }
      return one === ':disabled' ? this.disabled : one === `.${this.getAttribute('class')}` || one.toUpperCase() === this.tagName;
    });
  }

  querySelectorAll(selector) {
    return this.children.flatMap((child) => [...(child.matches(selector) ? [child] : []), ...child.querySelectorAll(selector)]);
  }

  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }

  closest(selector) {
    return this.matches(selector) ? this : (this.parentElement?.closest(selector) ?? null);
  }

  getClientRects() {
    return this.hidden ? [] : [{}];
  }

  focus() {
    document.activeElement = this;
  }

  click() {
    if (!this.disabled) {
      this.dispatchEvent(new Event('click'));
    }
  }

  setCustomValidity(words) {
    this.validity = words;
  }

  reportValidity() {
    this.reported = this.validity;
  }

  showModal() {}

  close(value = '') {
    this.returnValue = value;
    this.dispatchEvent(new Event('close'));
  }
}

/** Makes them the page's elements. */
export function fakePage() {
  const body = new FakeElement('body');
  globalThis.HTMLElement = FakeElement;
  globalThis.document = Object.assign(new EventTarget(), {
    body,
    head: new FakeElement('head'),
    activeElement: body,
    hidden: false,
    baseURI: 'http://127.0.0.1:1/admin/',
    documentElement: { dataset: { root: '../' } },
    createElement: (tag) => new FakeElement(tag),
    getElementById: () => null,
  });
  return body;
}
