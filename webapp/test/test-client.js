// @ts-check
// The visual test client: connects the panels with one feed, and keeps the address bar up to date.
import { byId } from '../shared/dom.js';
import { Notices } from '../shared/notices.js';
import { session } from '../shared/session.js';
import { Connection } from './connection.js';
import { CreatePanel } from './create-panel.js';
import { CommandTimes } from './latency.js';
import { LiveFeed, subscribeUrl } from './live-feed.js';
import { LivePanel } from './live-panel.js';
import { Measurements } from './measurements.js';
import { readSettings, writeSettings } from './settings.js';
import { StatePill } from './state-pill.js';
import { tellStory } from './story.js';
import { StreamsPanel } from './streams-panel.js';
import { SubscriptionPanel } from './subscription-panel.js';
import { Tiles } from './tiles.js';

/** @import { Scope } from './measurements.js' */

const notices = new Notices(byId('notices'));
const measurements = new Measurements(new CommandTimes());
const feed = new LiveFeed(session);
const tiles = new Tiles(measurements);
const streams = new StreamsPanel(measurements.times, notices);
const subscription = new SubscriptionPanel(feed, notices, settingsChanged);
const creation = new CreatePanel(streams.commands, feed, notices, settingsChanged);
const live = new LivePanel(() => subscribeUrl(subscription.filters, feed.position), clear);
const connection = new Connection(feed, subscription, live.list, notices, {
  changed: settingsChanged,
  begin: (scope) => measurements.begin(scope),
  startOver,
  leave: () => live.leave(),
});

function settingsChanged() {
  const settings = {
    ...subscription.filters,
    connect: connection.wanted,
    away: subscription.away,
    ...creation.settings,
  };
  history.replaceState(null, '', writeSettings(settings));
  subscription.show();
}

function clear() {
  live.list.clear();
  measurements.clear();
  tiles.refresh();
}

/**
 * Forgets everything received.
 *
 * @param {Scope} [scope]
 */
function startOver(scope) {
  live.list.clear();
  streams.book.clear();
  measurements.startOver(scope);
  tiles.refresh();
}

feed.on('state', settingsChanged);
feed.on('connected', (detail) => {
  measurements.connected(detail);
  tiles.refresh();
});
feed.on('reset', ({ from }) => {
  measurements.gaps.reset(from);
  tiles.refresh();
});
feed.on('snapshot-end', ({ head }) => measurements.gaps.snapshotEnd(head));
// The received events are from an old log; this one has other events at the same positions.
feed.on('another-log', () => {
  startOver();
  subscription.forgetPosition();
});
feed.on('event', (event) => {
  const latency = measurements.arrived(event);
  if (event.type === 'stream.snapshot') {
    streams.book.know(event.data);
  } else {
    streams.book.apply(event.type, event.data);
  }
  live.list.add(event, latency);
  tiles.count();
});
tellStory(feed, live.list, notices);
new StatePill(feed);

const settings = readSettings(location.search);
subscription.fill(settings);
creation.fill(settings);
settingsChanged();
if (settings.connect) {
  connection.open();
}
