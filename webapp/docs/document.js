// @ts-check
// The description of the API, OpenAPI 3.1, as the page needs it.

/** @typedef {any} Schema a JSON schema or a reference to one */
/** @typedef {{name: string, in: string, description?: string, required?: boolean, schema: Schema, example?: any, deprecated?: boolean}} Parameter */
/** @typedef {{method: string, path: string, id: string, tag: string, summary: string, description: string, parameters: Parameter[], body: any, responses: [string, any][], security: Record<string, string[]>[]}} Operation */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Headers that every operation takes; the page says so once. */
const EVERYWHERE = new Set(['X-Request-ID', 'FlowFi-Account']);

export class ApiDocument {
  #tree;

  /** @param {any} tree the parsed document */
  constructor(tree) {
    this.#tree = tree;
  }

  get info() {
    return this.#tree.info;
  }

  /** @type {{name: string, description: string}[]} */
  get tags() {
    return this.#tree.tags;
  }

  /** @returns {[string, Schema][]} */
  get schemas() {
    return Object.entries(this.#tree.components.schemas);
  }

  /** @returns {[string, any][]} */
  get securitySchemes() {
    return Object.entries(this.#tree.components.securitySchemes);
  }

  /**
   * What a reference leads to; anything else is returned as it is.
   *
   * @param {any} node
   * @returns {any}
   */
  resolve(node) {
    if (typeof node?.$ref !== 'string') {
      return node;
    }
    let target = this.#tree;
    for (const step of node.$ref.slice(2).split('/')) {
      target = target?.[step.replaceAll('~1', '/').replaceAll('~0', '~')];
    }
    if (target === undefined) {
      throw new Error(`the description has no ${node.$ref}`);
    }
    return this.resolve(target);
  }

  /** @returns {Operation[]} */
  get operations() {
    /** @type {Operation[]} */
    const all = [];
    for (const [path, item] of Object.entries(this.#tree.paths)) {
      for (const method of METHODS.filter((name) => item[name])) {
        const operation = item[method];
        all.push({
          method,
          path,
          id: operation.operationId,
          tag: operation.tags[0],
          summary: operation.summary,
          description: operation.description ?? '',
          parameters: operation.parameters
            .map((/** @type {any} */ parameter) => this.resolve(parameter))
            .filter((/** @type {Parameter} */ { name }) => !EVERYWHERE.has(name)),
          body: operation.requestBody,
          responses: Object.entries(operation.responses).map(([status, response]) => [status, this.resolve(response)]),
          security: operation.security,
        });
      }
    }
    return all;
  }
}

/**
 * The name of the schema that a reference leads to; null if it is none.
 *
 * @param {Schema} schema
 * @returns {string|null}
 */
export const nameOf = (schema) =>
  typeof schema?.$ref === 'string' ? schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1) : null;
