// @ts-check
// The published client of FlowFi Events. Its types and what they mean: flowfi-events.d.ts.
export { claimable } from './claimable.js';
export { FlowFiEvents } from './client.js';
export { EVENT_TYPES } from './filters.js';
export { ProblemError } from './problem.js';
