import type { Log, Replica } from '@lockstep/core';
import { openReplica, systemClock, systemRandom } from '@lockstep/core/node';
import { createMonitor, type Monitor } from '@lockstep/monitor';
import { createReceiver, type Receiver } from '@lockstep/receiver';
import { createSender, loadHttp, type Sender } from '@lockstep/sender';
import type { Configuration } from '../configuration/configuration.js';
import type { LockstepSync, PublicConfiguration } from '../lockstep-sync.js';
import { closeDoors, type Doors } from '../mount/doors.js';
import { followProcesses } from '../processes/follow-processes.js';
import { createHostSender, type HostSender } from '../processes/host-sender.js';
import { hostViews } from '../processes/host-views.js';
import { keepSecret } from '../startup/keep-secret.js';
import { inactiveStatus, rebuildingStatus, summarise, type FileSyncStatus } from '../status.js';
import { closeInOrder, type ClosingStep } from './close-in-order.js';
import { startOneSender, type OneSender } from './one-sender.js';
import { createSyncEvents } from './sync-events.js';

/**
 * Opens and starts every part and opens the doors. When a part cannot start, those before it are closed and its error is
 * thrown. `onClosed` is called once, when the sync has ended.
 */
export async function startSync(
  configuration: Configuration,
  doors: Doors,
  log: Log,
  onClosed: () => void,
): Promise<LockstepSync> {
  const { name, root, stateDir, folders, maxFileBytes, modeMask, ignore, durability, shared } = configuration;
  const replica = await openReplica({
    ...{ root, name, stateDir, folders, maxFileBytes, modeMask, ignore, durability, shared, log },
    ...(configuration.peers.length > 0 && { meanwhile: loadHttp }),
  });
  const open: ClosingStep[] = [['replica', () => replica.close()]];
  try {
    let ready = false;
    const secret = await keepSecret(configuration, log);
    const parts = createParts(configuration, replica, { secret, log, ready: () => ready });
    open.unshift(...stepsOf(parts));
    doors.sync.open({ handle: parts.receiver.router }, log);
    doors.monitor.open({ handle: parts.monitor.router }, log);
    tellStart(configuration, log);
    const oneSender = await startOneSender(parts.sender, { stateDir, clock: systemClock, log });
    ready = true;
    return assemble(configuration, { replica, parts, oneSender, doors, log, onClosed });
  } catch (error) {
    closeDoors(doors);
    await closeInOrder(open, log);
    throw error;
  }
}

type Parts = ReturnType<typeof createParts>;

interface Shared {
  readonly secret: readonly string[];
  readonly log: Log;
  /** False until the first scan is over: a load balancer then waits. */
  readonly ready: () => boolean;
}

function createParts(configuration: Configuration, replica: Replica, { secret, log, ready }: Shared) {
  const { peers, peerSecrets, uploadToken, rights, limits, httpsAgent, usePolling, mountPath } =
    configuration;
  const own = createSender({
    ...{ replica, secret, peerSecrets, peers, log, mountPath, usePolling },
    ...trafficOf(configuration),
    ...(httpsAgent === null ? {} : { httpsAgent }),
  });
  const receiver = createReceiver({
    ...{ replica, secret, peerSecrets, uploadToken, limits, log, ready },
    onContact: (peer) => own.heard(peer),
    ...(rights === null ? {} : { rights }),
  });
  const { production, monitorPassword: password } = configuration;
  const host = hostOf(own, receiver, replica, { stateDir: configuration.stateDir, log });
  const seen = host === null ? { sender: own, receiver } : hostViews(host);
  const monitor = createMonitor({ ...seen, replica, password, production, log });
  const unfollow = configuration.shared ? followProcesses(replica, { clock: systemClock, log }) : null;
  const setPaused = host ? host.setPaused.bind(host) : pauseAlone(own);
  return { receiver, sender: host ?? own, monitor, setPaused, unfollow };
}

/** Pauses and resumes the one sender there is. */
function pauseAlone(sender: Sender): (paused: boolean) => Promise<void> {
  return (paused) => {
    if (paused) sender.pause();
    else sender.resume();
    return Promise.resolve();
  };
}

/** The sender of all processes of this host; null in a process that is alone. */
function hostOf(
  sender: Sender,
  receiver: Receiver,
  replica: Replica,
  { stateDir, log }: Pick<Configuration, 'stateDir'> & Pick<Shared, 'log'>,
): HostSender | null {
  const { host, counters } = replica;
  if (host === null) return null;
  return createHostSender({
    ...{ sender, replica, host, stateDir, log, clock: systemClock, random: systemRandom },
    received: () => ({ ...receiver.status(), counters: { ...counters } }),
  });
}

/** What the sender may have under way. */
function trafficOf(configuration: Configuration) {
  const { maxBytesPerSecond, maxRequestsPerPeer, maxRequestsInAll, compression } = configuration;
  return {
    ...{ maxBytesPerSecond, compression, flights: maxRequestsPerPeer },
    ...(maxRequestsInAll === null ? {} : { flightsInAll: maxRequestsInAll }),
  };
}

interface Running {
  readonly replica: Replica;
  readonly parts: Parts;
  readonly oneSender: OneSender;
  readonly doors: Doors;
  readonly log: Log;
  readonly onClosed: () => void;
}

function assemble(configuration: Configuration, running: Running): LockstepSync {
  const { replica, parts, oneSender, doors, log, onClosed } = running;
  const { sender, receiver, monitor } = parts;
  const events = createSyncEvents(replica, log);
  let closing: Promise<void> | null = null;

  const closeAll = async (): Promise<void> => {
    log.info('Lockstep is closing');
    closeDoors(doors);
    await closeInOrder([...stepsOf(parts), ['replica', () => replica.close()]], log);
    oneSender.release();
    onClosed();
    log.info('Lockstep has closed');
  };

  return {
    ...{ replica, sender, receiver, monitor, log },
    configuration: publicConfiguration(configuration),
    on: (event, listener) => events.on(event, listener),
    off: (event, listener) => events.off(event, listener),
    status: () => (closing === null ? statusOf(monitor, replica, configuration) : inactiveStatus),
    flush: (options) => sender.flush(options),
    pause: () => parts.setPaused(true),
    resume: () => parts.setPaused(false),
    rescan: (folder) => sender.rescan(folder),
    close: () => (closing ??= closeAll()),
  };
}

/** Whoever asks must get an answer, also while the index cannot be read. */
function statusOf(monitor: Monitor, replica: Replica, { name, folders }: Configuration): FileSyncStatus {
  const full = monitor.status();
  return replica.indexHealth() === 'damaged' ? rebuildingStatus(name, folders) : summarise(full, folders);
}

/** Sending ends before receiving; closing a part twice does nothing. */
function stepsOf({ sender, receiver, monitor, unfollow }: Parts): ClosingStep[] {
  return [
    ['sender', () => sender.close()],
    ['receiver', () => receiver.close()],
    ['monitor', () => monitor.close()],
    ['other processes', () => unfollow?.()],
  ];
}

function publicConfiguration(configuration: Configuration): PublicConfiguration {
  const { name, root, stateDir, folders, maxFileBytes, mountPath, monitorPath, peers } = configuration;
  return Object.freeze({ name, root, stateDir, folders, maxFileBytes, mountPath, monitorPath, peers });
}

function tellStart({ name, folders, peers, mountPath, monitorPath }: Configuration, log: Log): void {
  log.info(`Lockstep keeps ${folders.join(', ')} in step as ${name}`, {
    ...{ folders, mountPath, monitorPath },
    peers: peers.map((peer) => peer.url),
  });
  if (peers.length > 0) return;
  log.warn(
    'No peers yet: changes are recorded and sent once there are some. Set LOCKSTEP_PEERS, ' +
      'for example LOCKSTEP_PEERS=web-2=https://10.0.0.2/sync',
  );
}
