/** One server as Syncthing knows it. */
export interface Device {
  readonly id: string;
  readonly home: string;
  readonly port: number;
  /** Where the others connect to reach it. */
  readonly linkPort: number;
}

export interface SyncthingSettings {
  readonly own: Device;
  readonly others: readonly Device[];
  readonly root: string;
  readonly watchDelaySeconds: number;
  readonly fsync: boolean;
  /** Of contents too; names and the like always are. */
  readonly compressed: boolean;
}

/** The configuration file of one server: a single shared folder, fixed addresses, nothing from outside. */
export function syncthingConfig(settings: SyncthingSettings): string {
  const { own, others, root, watchDelaySeconds, fsync, compressed } = settings;
  const members = [own, ...others].map(({ id }) => `<device id="${id}"></device>`).join('');
  const devices = others
    .map(({ id, linkPort }) => device(id, `tcp://127.0.0.1:${linkPort}`, compressed))
    .join('\n  ');
  return `<configuration version="35">
  <folder id="tree" label="tree" path="${root}" type="sendreceive" rescanIntervalS="3600"
    fsWatcherEnabled="true" fsWatcherDelayS="${watchDelaySeconds}" ignorePerms="false" autoNormalize="true">
    <filesystemType>basic</filesystemType>
    ${members}
    <minDiskFree unit="%">0</minDiskFree>
    <markerName>.stfolder</markerName>
    <disableFsync>${String(!fsync)}</disableFsync>
  </folder>
  ${device(own.id, 'dynamic', compressed)}
  ${devices}
  <gui enabled="false"></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:${own.port}</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled>
    <localAnnounceEnabled>false</localAnnounceEnabled>
    <relaysEnabled>false</relaysEnabled>
    <natEnabled>false</natEnabled>
    <startBrowser>false</startBrowser>
    <reconnectionIntervalS>1</reconnectionIntervalS>
    <urAccepted>-1</urAccepted>
    <crashReportingEnabled>false</crashReportingEnabled>
    <autoUpgradeIntervalH>0</autoUpgradeIntervalH>
    <setLowPriority>false</setLowPriority>
  </options>
</configuration>
`;
}

function device(id: string, address: string, compressed: boolean): string {
  return `<device id="${id}" compression="${compressed ? 'always' : 'metadata'}"><address>${address}</address></device>`;
}
