// @ts-check
// The events of a feed, as types.

/** @import { ProblemError } from './problem.js' */

/**
 * @typedef {object} State
 * @property {'closed'|'connecting'|'open'|'reconnecting'|'dropped'} name
 * @property {string} [reason]
 * @property {'browser'|'page'} [by] who reconnects
 * @property {number|null} [dueAt] when, in ms since 1970; null if unknown
 * @property {ProblemError} [problem] the error that will not go away by itself
 */

/** @typedef {'first'|'dropped'|'page'|'browser'} How how a connection came about */

/**
 * An event as it arrived. `id` is its position; null for a state, and for events during a snapshot.
 *
 * @typedef {object} FeedEvent
 * @property {string|null} id
 * @property {string} type
 * @property {any} data the payload
 * @property {string} text the payload as the server wrote it
 * @property {number} receivedAt ms since 1970
 * @property {number} at by the page's clock, `performance.now()`
 */

/**
 * The events of a feed, and the details of each.
 *
 * @typedef {object} Said
 * @property {State & {since: number}} state
 * @property {{clientId: string, head: number, from: number, resumed: number|null, how: How}} connected
 * @property {FeedEvent} event
 * @property {{head: number}} snapshot-end
 * @property {{reason: string, oldest: number, head: number, from: number}} reset
 * @property {{reason: string}} closing-word
 * @property {{before: string, log: string}} another-log positions and everything received are from an old log
 */

export {};
