import type { Replica } from '@lockstep/core';
import type { SenderView } from '../sender-view.js';
import type { ChangeSource } from './feed.js';

const replicaEvents = [
  'recorded',
  'applied',
  'problem',
  'solved',
  'held',
  'unheld',
  'damaged',
  'renewed',
] as const;
const senderEvents = ['delivered', 'peer', 'observed', 'problem'] as const;

/** Tells of everything that could change the status: events of the replica and, where it has any, of the sender. */
export function changesOf(replica: Replica, sender: SenderView): ChangeSource {
  return (changed) => {
    for (const event of replicaEvents) replica.events.on(event, changed);
    for (const event of senderEvents) sender.events?.on(event, changed);
    return () => {
      for (const event of replicaEvents) replica.events.off(event, changed);
      for (const event of senderEvents) sender.events?.off(event, changed);
    };
  };
}
