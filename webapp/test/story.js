// @ts-check
// Shows what happens to the connection, between the events and, if the user must know, in a notice.
import { COMEBACKS } from './tiles.js';

/** @import { Notices } from '../shared/notices.js' */
/** @import { EventList } from './event-list.js' */
/** @import { LiveFeed } from './live-feed.js' */

/**
 * @param {LiveFeed} feed
 * @param {EventList} list
 * @param {Notices} notices
 */
export function tellStory(feed, list, notices) {
  let before = '';
  feed.on('state', (state) => {
    const lost = before === 'open' && state.name === 'reconnecting';
    before = state.name;
    if (lost) {
      const at = feed.position === null ? 'the beginning' : `#${feed.position}`;
      list.mark(`${state.reason} at ${at}; the page reconnects`, 'warn');
    } else if (state.name === 'closed' && state.problem) {
      notices.problem('Subscription refused', state.problem);
      list.mark(`refused: ${state.reason}`, 'bad');
    }
  });
  feed.on('connected', ({ clientId, from, head, resumed, how }) => {
    const id = String(clientId).slice(0, 8);
    list.mark(
      resumed === null
        ? `connected as ${id}, from #${from}`
        : `connected as ${id} ${COMEBACKS[how]}: resumes after #${resumed}, log is at #${head}`,
      'ok',
    );
  });
  feed.on('reset', ({ reason, oldest, head, from }) => {
    list.mark(`reset: ${reason}; the log holds #${oldest} to #${head}, live after #${from}`, 'bad');
  });
  feed.on('closing-word', ({ reason }) => list.mark(`the server asks to reconnect: ${reason}`, 'warn'));
  feed.on('another-log', ({ log, before }) => {
    list.mark(
      `another log (${log}, before ${before}): the server’s data was restored or started again; starting over`,
      'bad',
    );
    notices.problem(
      'Another log',
      new Error('The server’s data was restored or started again. What this page has seen is no longer valid; it starts over.'),
    );
  });
}
